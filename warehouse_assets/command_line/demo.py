"""ledgerlake demo: a lake, a sample shop, every table, and the finance day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse_assets.command_line.console import command_text, note, output, own_command

if TYPE_CHECKING:
    from resources.lake.window import Window
    from resources.settings import Settings
    from warehouse_assets.modeling.warehouse import Warehouse

_FINANCE = {
    "ads_finance_daily": (
        "The finance day",
        ("dt", "currency", "order_count", "gmv_amount", "discount_amount",
         "average_order_value_amount", "payment_count", "paid_amount", "paid_change_amount"),
    ),
    "ads_revenue_bridge": (
        "From ordered to paid: opening + ordered - cancelled - paid = closing",
        ("dt", "currency", "opening_amount", "ordered_amount", "cancelled_amount", "paid_amount",
         "closing_amount"),
    ),
}  # fmt: skip
_FIRST_DATE = "LEDGERLAKE_FIRST_DATE"

Orders = Annotated[
    int | None,
    typer.Option(min=1, help="Orders a day. Default: as before, 1000 for a new lake."),
]
Days = Annotated[int, typer.Option(min=1, help="Business dates, up to yesterday for a new lake.")]


def demo(orders: Orders = None, days: Days = 7) -> None:
    """See it all at work: a sample shop's orders, all the way to what finance reads.

    Makes a lake in LEDGERLAKE_HOME (default: .ledgerlake), has the sample shop deliver some days,
    and materializes every table that is not up to date. Run it again: it takes seconds. A lake
    that is there keeps its dates; with more --days, later days are added.
    """
    from resources.settings import load_settings
    from warehouse_assets.command_line.materialize import run_stale
    from warehouse_assets.command_line.shop import fill_shop, shop_of
    from warehouse_assets.modeling.warehouse import load_warehouse

    create_lake(load_settings(), days)
    settings = load_settings()
    window = _window(settings, days)
    fill_shop(settings, shop_of(settings, orders, None), window)
    warehouse = load_warehouse()
    run_stale(list(warehouse.tables.values()), window, warehouse, settings)
    _show_finance_day(warehouse, window, settings)
    _show_next_steps(window)


def create_lake(settings: Settings, days: int) -> None:
    """Give a new lake its first date, in its own settings file; one that is there keeps its own."""
    from resources.settings import SETTINGS_FILE

    path = settings.home / SETTINGS_FILE
    if path.exists() or (settings.home / "catalog.db").exists():
        return
    first = settings.last_complete_date() - timedelta(days=days - 1)
    if "first_date" in settings.model_fields_set:
        first = settings.first_date
    settings.home.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{_FIRST_DATE}={first}\n", encoding="utf-8")
    output().print(f"[green]✓[/] A new lake in {settings.home}, from {first} on")


def _window(settings: Settings, days: int) -> Window:
    """The lake's first days, as far as they are over."""
    from resources.errors import SettingsError
    from resources.lake.window import Window

    newest = settings.last_complete_date()
    if newest < settings.first_date:
        raise SettingsError(
            f"the lake in {settings.home} begins on {settings.first_date}, which is not over yet",
            f"Set {_FIRST_DATE} to {newest} or earlier.",
        )
    last = min(settings.first_date + timedelta(days=days - 1), newest)
    window = Window.of_days(settings.first_date, last)
    if len(window) < days:
        note(f"This lake begins on {window.start}: {len(window)} of {days} days are over by now.")
    return window


def _show_finance_day(warehouse: Warehouse, window: Window, settings: Settings) -> None:
    from resources.lake.lake import Lake
    from warehouse_assets.command_line.rows import newest_rows
    from warehouse_assets.command_line.rows_table import rows_table

    lake = Lake(settings)
    for name, (title, columns) in _FINANCE.items():
        pin = lake.pin(warehouse.table(name).spec)
        rows = newest_rows(lake, pin, settings, list(window), limit=10 * len(window))
        output().print(rows_table(rows, settings.zone, title, columns))


def _show_next_steps(window: Window) -> None:
    from rich.table import Table

    day = window.last
    steps = {
        "make dev": "the Dagster UI: lineage, partitions, checks",
        own_command("tables"): "every table and what is published of it",
        own_command(f"trace ads_finance_daily --partition {day}"): "a figure back to its files",
        own_command(
            f"sql \"SELECT city, count(*) FROM dim_user WHERE dt = '{day}' GROUP BY city\""
        ): "any question",
        own_command("new dws_city_1d"): "a table of your own, in one file",
    }
    shown = Table.grid(padding=(0, 3))
    for command, meaning in steps.items():
        shown.add_row(command_text(command), meaning)
    console = output()
    console.print("What to try next", style="bold")
    console.print(shown)
