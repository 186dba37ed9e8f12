"""ledgerlake fill: have the sample shop deliver days, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from warehouse_assets.command_line.console import output
from warehouse_assets.command_line.dates import asked_window, parsed_day

First = Annotated[
    date, typer.Option("--from", metavar="DAY", parser=parsed_day, help="First business date.")
]
Last = Annotated[
    date,
    typer.Option("--to", metavar="DAY", parser=parsed_day, help="Last business date, included."),
]
Orders = Annotated[
    int | None,
    typer.Option(min=0, help="Orders a day. Default: as before, 1000 for a new shop."),
]
Seed = Annotated[int | None, typer.Option(help="Two shops with one seed are the same shop.")]


def fill(first: First, last: Last, orders: Orders = None, seed: Seed = None) -> None:
    """Have the sample shop deliver days of orders, payments, users and goods as files.

    Days that were delivered before stay as they are. Nothing is read into the lake:
    `ledgerlake materialize` does that.
    """
    from resources.settings import load_settings
    from warehouse_assets.command_line.formatting import number
    from warehouse_assets.command_line.shop import fill_shop, shop_of
    from warehouse_assets.command_line.summary import data_table

    settings = load_settings()
    window = asked_window(settings, None, first, last)
    assert window is not None
    report = fill_shop(settings, shop_of(settings, orders, seed), window)
    shown = data_table()
    shown.add_column("source")
    shown.add_column("rows", justify="right")
    for source, days in report.rows.items():
        shown.add_row(source, number(sum(days.values())))
    output().print(shown)
