"""demo: a lake, a sample shop, every table, and the finance day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import SettingsError
from resources.lake.model.window import Window
from warehouse_assets.command_line.command import command_text, own_command
from warehouse_assets.command_line.output.console import note, output

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_FINANCE: dict[str, tuple[str, dict[str, str]]] = {
    "ads_finance_daily": (
        "The finance day (ads_finance_daily)",
        {
            "dt": "day",
            "currency": "currency",
            "order_count": "orders",
            "gmv": "ordered",
            "discount_amount": "discount",
            "average_order_value": "an order",
            "paid_amount": "paid",
            "paid_change_amount": "against the day before",
        },
    ),
    "ads_revenue_bridge": (
        "From ordered to paid (ads_revenue_bridge)",
        {
            "dt": "day",
            "currency": "currency",
            "opening_amount": "opening",
            "ordered_amount": "+ ordered",
            "cancelled_amount": "- cancelled",
            "paid_amount": "- paid",
            "closing_amount": "= closing",
        },
    ),
}
_TO_COME = (
    "Warnings of dwd_inventory, ads_trial_balance and the reconciliations (rec_...) are about the "
    "latest three days: payments and stock movements of a day are delivered for up to three days, "
    "so that its books equal the general ledger, and both sides agree, only then. The days are "
    "made again when the rows come.\n"
    "Sellers are settled a week after the order: what is settled, commission too, is 0 until the "
    "eighth day of the shop."
)
_NEW_DAYS = 7
_FIRST_DATE = "LEDGERLAKE_FIRST_DATE"

Orders = Annotated[
    int | None,
    typer.Option(
        "--orders",
        metavar="COUNT",
        min=1,
        help="Orders a day. Default: as before, 1000 for a new lake.",
    ),
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days",
        metavar="COUNT",
        min=1,
        help="Business dates. Default: as before, the last 7 for a new lake.",
    ),
]


def demo(orders: Orders = None, days: Days = None) -> None:
    """See it all at work: a sample shop's orders, all the way to what finance reads.

    Makes a lake in LEDGERLAKE_HOME (default: .ledgerlake), has the sample shop deliver some days,
    and materializes every table that is not up to date. Run it again: it takes seconds. A lake
    that is there keeps its dates; with more --days, later days are added.

    **Example**

    `ledgerlake demo --orders 200 --days 3`
    """
    from examples.sample_shop.commands.fill import delivered_days, fill_shop, shop_of
    from resources.settings import load_settings
    from warehouse_assets.command_line.materialize import run_stale
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
    from warehouse_assets.modeling.loading.outline_cache import keep_outlines

    create_lake(load_settings(), days or _NEW_DAYS)
    settings = load_settings()
    window = _window(settings, days or delivered_days(settings) or _NEW_DAYS)
    fill_shop(settings, shop_of(settings, orders, None), window)
    warehouse = load_warehouse()
    keep_outlines(warehouse)
    if run_stale(list(warehouse.tables.values()), window, warehouse, settings, []):
        raise typer.Exit(1)
    _show_finance_day(warehouse, window, settings)
    note(_TO_COME)
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
    latest = settings.last_complete_date()
    if latest < settings.first_date:
        raise SettingsError(
            f"the lake in {settings.home} begins on {settings.first_date}, which is not over yet",
            f"Set {_FIRST_DATE} to {latest} or earlier.",
        )
    last = min(settings.first_date + timedelta(days=days - 1), latest)
    window = Window.of_days(settings.first_date, last)
    if len(window) < days:
        note(f"This lake begins on {window.start}: {len(window)} of {days} days are over by now.")
    return window


def _show_finance_day(warehouse: Warehouse, window: Window, settings: Settings) -> None:
    from resources.lake.read_only_lake import ReadOnlyLake
    from warehouse_assets.command_line.queries.rows import latest_rows
    from warehouse_assets.command_line.queries.rows_table import print_rows

    lake = ReadOnlyLake(settings)
    for name, (title, headings) in _FINANCE.items():
        snapshot = lake.snapshot(warehouse.table(name).spec)
        rows = latest_rows(lake, snapshot, settings, list(window), limit=10 * len(window))
        print_rows(rows, settings.zone, title, headings)


def _show_next_steps(window: Window) -> None:
    from rich.table import Table

    steps = {
        "Dagster's UI": "make dev",
        "every table": own_command("tables"),
        "a figure's origin": own_command(f"trace ads_finance_daily -p {window.last}"),
        "any question": own_command('sql "SELECT * FROM dws_financial_1d"'),
        "a table of your own": own_command("new dws_province_1d"),
    }
    shown = Table.grid(padding=(0, 3))
    shown.add_column(style="dim")
    shown.add_column(no_wrap=True)
    for meaning, command in steps.items():
        shown.add_row(meaning, command_text(command))
    console = output()
    console.print("What to try next", style="bold")
    console.print(shown)
