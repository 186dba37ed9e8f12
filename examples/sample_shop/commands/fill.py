"""fill: have the sample shop deliver days, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from examples.sample_shop.errors.registry import ERROR_KINDS
from resources.lake.model.window import Window
from warehouse_assets.command_line.options import FIRST, LAST, asked_window
from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.formatting import counted, number
from warehouse_assets.command_line.output.listing import data_table

if TYPE_CHECKING:
    from examples.sample_shop.fill import FillReport
    from examples.sample_shop.shop_settings import ShopSettings
    from resources.settings import Settings

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


def fill(
    first: Annotated[date, FIRST],
    last: Annotated[date, LAST],
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

    settings = load_settings()
    window = asked_window(settings, None, first, last)
    assert window is not None
    shop = shop_of(settings, orders, seed, _asked_errors(error, errors))
    report = fill_shop(settings, shop, window)
    shown = data_table(["source"], ["rows"])
    for source, days in report.rows.items():
        shown.add_row(source, number(sum(days.values())))
    output().print(shown)


def _asked_errors(error: list[str] | None, errors: float | None) -> Mapping[str, float] | None:
    """The rate of each kind that was asked for; None: as before."""
    if error is None and errors is None:
        return None
    rates = {} if errors is None else dict.fromkeys(ERROR_KINDS, errors)
    return rates | dict(_parsed_error(text) for text in error or ())


def _parsed_error(text: str) -> tuple[str, float]:
    """`kind=rate` as a pair; ShopSettings checks that there is such a kind."""
    kind, _, rate = text.partition("=")
    try:
        return kind.strip(), float(rate)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not KIND=RATE, as in bill_amount=0.001") from None


def shop_of(
    settings: Settings,
    orders: int | None,
    seed: int | None,
    errors: Mapping[str, float] | None = None,
) -> ShopSettings:
    """The shop to fill from: what is not asked for is as the landing folder has it."""
    from examples.sample_shop.shop_settings import ShopSettings

    there = _manifest(settings).get("shop", {})
    asked: dict[str, Any] = {"seed": seed, "orders_per_day": orders, "errors": errors}
    chosen = {name: there.get(name) if asked[name] is None else asked[name] for name in asked}
    known = {name: value for name, value in chosen.items() if value is not None}
    return ShopSettings(first_date=settings.first_date, time_zone=settings.time_zone, **known)


def delivered_days(settings: Settings) -> int:
    """How many days a sample shop has delivered to the landing folder; 0 if there is none."""
    return len(_manifest(settings).get("days", {}))


def _manifest(settings: Settings) -> dict[str, Any]:
    """The shop's manifest; empty if there is none, or none that can be read: fill() says so."""
    from examples.sample_shop.manifest import MANIFEST

    path = settings.landing_folder / MANIFEST
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def fill_shop(settings: Settings, shop: ShopSettings, window: Window) -> FillReport:
    """Deliver the days that are not there yet, with progress, and say what was delivered."""
    from rich.progress import Progress

    from examples.sample_shop.fill import fill

    console = output()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Filling the sample shop", total=len(window))
        report = fill(
            settings.landing_folder,
            shop,
            window,
            on_day=lambda _: progress.advance(task),
            threads=settings.threads,
        )
    new = len(window) - len(report.skipped)
    console.print(
        f"[green]✓[/] The sample shop delivered {counted(new, 'day')} "
        f"({shop.orders_per_day:,} orders a day) into {settings.landing_folder}"
        if new
        else f"[green]✓[/] The sample shop's {counted(len(window), 'day')} were there already."
    )
    return report
