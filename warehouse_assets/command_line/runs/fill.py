"""ledgerlake fill: have the sample shop deliver days, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import typer

from examples.sample_shop.errors.registry import ERROR_KINDS
from warehouse_assets.command_line.dates import asked_window, parsed_day
from warehouse_assets.command_line.output.console import output

First = Annotated[
    date, typer.Option("--from", metavar="DAY", parser=parsed_day, help="First business date.")
]
Last = Annotated[
    date,
    typer.Option("--to", metavar="DAY", parser=parsed_day, help="Last business date, included."),
]
Orders = Annotated[
    int | None,
    typer.Option(
        "--orders",
        metavar="COUNT",
        min=0,
        help="Orders a day. Default: as before, 1000 for a new shop.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="NUMBER", help="Two shops with one seed are the same shop."),
]


def parsed_error(text: str) -> tuple[str, float]:
    """`kind=rate` as a pair; whether there is such a kind is for the shop to say."""
    kind, _, rate = text.partition("=")
    try:
        return kind.strip(), float(rate)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not KIND=RATE, as in bill_amount=0.001") from None


Error = Annotated[
    list[str] | None,
    typer.Option(
        "--error",
        metavar="KIND=RATE",
        help="Share of rows, 0 to 1, that an error happens to; may be given several times. "
        "Each case is noted in the landing folder's _truth. "
        f"Kinds: {', '.join(ERROR_KINDS)}.",
    ),
]
Errors = Annotated[
    float | None, typer.Option("--errors", metavar="RATE", help="The same rate for every kind.")
]


def asked_errors(error: list[str] | None, errors: float | None) -> Mapping[str, float] | None:
    """The rates asked for; None: as before."""
    if error is None and errors is None:
        return None
    rates = {} if errors is None else dict.fromkeys(ERROR_KINDS, errors)
    return rates | dict(parsed_error(text) for text in error or ())


def fill(
    first: First,
    last: Last,
    orders: Orders = None,
    seed: Seed = None,
    error: Error = None,
    errors: Errors = None,
) -> None:
    """Have the sample shop deliver days of orders, payments, users and goods as files.

    Days that were delivered before stay as they are. Nothing is read into the lake:
    `ledgerlake materialize` does that.

    **Example**

    `ledgerlake fill --from 2026-11-13 --to 2026-11-19 --orders 200`
    """
    from resources.settings import load_settings
    from warehouse_assets.command_line.output.data_table import data_table
    from warehouse_assets.command_line.output.formatting import number
    from warehouse_assets.command_line.runs.shop import fill_shop, shop_of

    settings = load_settings()
    window = asked_window(settings, None, first, last)
    assert window is not None
    report = fill_shop(
        settings, shop_of(settings, orders, seed, asked_errors(error, errors)), window
    )
    shown = data_table()
    shown.add_column("source")
    shown.add_column("rows", justify="right")
    for source, days in report.rows.items():
        shown.add_row(source, number(sum(days.values())))
    output().print(shown)
