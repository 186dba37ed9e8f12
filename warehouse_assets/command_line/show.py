"""ledgerlake show: rows of a table, or what its columns mean."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import InputMissing, RecordUnreadable
from warehouse_assets.command_line.console import note, output
from warehouse_assets.command_line.dates import asked_window, parsed_day

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.pin import Pin
    from resources.settings import Settings
    from warehouse_assets.modeling.table import Table

Name = Annotated[str, typer.Argument(metavar="TABLE", help="A table, or its quarantine.")]
Partition = Annotated[
    date | None,
    typer.Option(
        "--partition",
        "-p",
        metavar="DAY",
        parser=parsed_day,
        help="Business date. Default: the newest that is published.",
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows at most.")]
Columns = Annotated[bool, typer.Option("--columns", help="The contract instead of rows.")]


def show(
    name: Name, partition: Partition = None, limit: Limit = 20, columns: Columns = False
) -> None:
    """Show rows of a table's newest partition, amounts to the cent, or its contract.

    **Examples**

    `ledgerlake show ads_finance_daily`

    `ledgerlake show dwd_order --columns`
    """
    from resources.lake.lake import Lake
    from resources.settings import load_settings
    from warehouse_assets.command_line.rows import published_pin, readable_tables
    from warehouse_assets.modeling.warehouse import load_warehouse

    warehouse, settings = load_warehouse(), load_settings()
    spec = readable_tables(warehouse).get(name) or warehouse.table(name).spec
    if columns:
        _show_contract(warehouse.table(name))
        return
    asked_window(settings, partition, None, None)
    lake = Lake(settings)
    pin = published_pin(lake, spec)
    _show_rows(lake, pin, settings, _days(pin, partition), limit)


def _days(pin: Pin, partition: date | None) -> list[date]:
    """The partition to show; nothing for a table that has none."""
    published = [day for day in pin.published if day is not None]
    if partition is None:
        return published[-1:]
    if partition not in published:
        has = f"It has {published[0]} to {published[-1]}" if published else "It has no partitions"
        raise InputMissing(
            f"{pin.spec.name} has no partition {partition}",
            f"{has}; to make it: ledgerlake materialize {pin.spec.name} --partition {partition}",
        )
    return [partition]


def _show_rows(lake: Lake, pin: Pin, settings: Settings, days: list[date], limit: int) -> None:
    from warehouse_assets.command_line.formatting import counted
    from warehouse_assets.command_line.rows import newest_rows
    from warehouse_assets.command_line.rows_table import print_rows

    rows = newest_rows(lake, pin, settings, days, limit)
    day = days[0] if days else None
    total = _count(lake, pin, day)
    title = f"{pin.spec.namespace}.{pin.spec.name}" + (f"  {day}" if day else "")
    print_rows(rows, settings.zone, title)
    shown = counted(len(rows.values), "row")
    if total is not None and len(rows.values) < total:
        shown = f"{len(rows.values):,} of {counted(total, 'row')}; --limit shows more"
    elif total is None and len(rows.values) == limit:
        shown = f"{shown}, and there may be more; --limit shows them"
    note(f"{shown}. Instants are in {settings.time_zone}.")


def _count(lake: Lake, pin: Pin, day: date | None) -> int | None:
    """The rows of the partition; None if no record says how many."""
    try:
        record = lake.record(pin, day)
    except RecordUnreadable:
        return None
    return record.partitions[day].rows if record else None


def _show_contract(table: Table) -> None:
    from warehouse_assets.command_line.summary import data_table

    shown = data_table(f"{table.layer}.{table.name}")
    for heading in ("column", "type", "null", "role", "meaning", "checks"):
        shown.add_column(heading)
    for column in table.columns:
        role = column.role.role if column.role.role != "value" else ""
        if column.role.references:
            role = f"key of {column.role.references}"
        shown.add_row(
            column.spec.name,
            column.spec.type,
            "null" if column.spec.nullable else "",
            role,
            column.spec.doc,
            ", ".join(check.error or str(check.name) for check in column.checks),
        )
    console = output()
    console.print(shown)
    for check in table.checks:
        console.print(f"{check.severity}: {check.name}: {check.condition}", markup=False)
    note(f"{table.doc.splitlines()[0]} Owner: {table.owner}. {table.path}")
