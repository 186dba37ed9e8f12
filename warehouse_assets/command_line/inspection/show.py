"""ledgerlake show: rows of a table, or what its columns mean."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from resources.errors import InputMissing, RecordUnreadable
from warehouse_assets.command_line.completion import readable_names
from warehouse_assets.command_line.options import AsJson, asked_window, parsed_day
from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import counted
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.output.listing import Listing
from warehouse_assets.command_line.queries.rows import latest_rows, published_snapshot
from warehouse_assets.command_line.queries.rows_table import print_rows

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from warehouse_assets.modeling.execution.finality import Awaited, Standing
    from warehouse_assets.modeling.loading.outline import Outline, OutlineColumn, Outlines

Name = Annotated[
    str,
    typer.Argument(
        metavar="TABLE",
        help="A table, as `name` or `layer.name`, or its quarantine.",
        autocompletion=readable_names,
    ),
]
Partition = Annotated[
    date | None,
    typer.Option(
        "--partition",
        "-p",
        metavar="DAY",
        parser=parsed_day,
        help="Business date. Default: the latest that is published.",
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows at most.")]
Columns = Annotated[bool, typer.Option("--columns", help="The contract instead of rows.")]


def show(
    name: Name,
    partition: Partition = None,
    limit: Limit = 20,
    columns: Columns = False,
    as_json: AsJson = False,
) -> None:
    """Show rows of a table's latest partition, amounts to the cent, or its contract.

    **Examples**

    `ledgerlake show ads_finance_daily`

    `ledgerlake show dwd_order --columns`

    `ledgerlake show quarantine.ods_order__quarantine --json`
    """
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    outlines = load_outlines()
    spec = outlines.readable_named(name)
    if columns:
        _show_contract(outlines.table(name), as_json)
        return
    settings = load_settings()
    lake = ReadOnlyLake(settings)
    asked_window(settings, partition, None, None)
    snapshot = published_snapshot(lake, spec)
    days = _days(snapshot, partition)
    standing = _standing(outlines, lake, spec.name, days)
    _show_rows(lake, snapshot, settings, days, limit, standing, as_json)


def _days(snapshot: TableSnapshot, partition: date | None) -> list[date]:
    """The partition to show; empty for a table without partitions."""
    published = snapshot.days
    if partition is None:
        return published[-1:]
    if partition not in published:
        has = f"It has {published[0]} to {published[-1]}" if published else "It has no partitions"
        name = snapshot.spec.name
        raise InputMissing(
            f"{name} has no partition {partition}",
            f"{has}; to make it: ledgerlake materialize {name} --partition {partition}",
        )
    return [partition]


def _show_rows(
    lake: Lake,
    snapshot: TableSnapshot,
    settings: Settings,
    days: list[date],
    limit: int,
    standing: tuple[Standing, Awaited] | None,
    as_json: bool,
) -> None:
    rows = latest_rows(lake, snapshot, settings, days, limit)
    day = days[0] if days else None
    total = _count(lake, snapshot, day)
    name = snapshot.spec.full_name
    if as_json:
        document = {"table": name, "partition": day, "total": total}
        if standing:
            document |= {"standing": standing[0], "awaited": standing[1].deliveries}
        print_json({**document, "rows": rows.as_documents()}, settings.zone)
        return
    print_rows(rows, settings.zone, name + (f"  {day}" if day else ""))
    counts = counted(len(rows.values), "row")
    if total is not None and len(rows.values) < total:
        counts = f"{len(rows.values):,} of {counted(total, 'row')}; --limit shows more"
    elif total is None and len(rows.values) == limit:
        counts = f"{counts}, and there may be more; --limit shows them"
    note(f"{counts}. Instants are in {settings.time_zone}.")
    if standing:
        state, awaited = standing
        waits = f"; it waits for {awaited}" if awaited else ""
        note(f"{day} is {state} in {snapshot.spec.name}{waits}.")


def _standing(
    outlines: Outlines, lake: Lake, name: str, days: list[date]
) -> tuple[Standing, Awaited] | None:
    """How far the day can be relied on; None of quarantines and of tables without partitions."""
    from warehouse_assets.modeling.execution.finality import Finality

    table = outlines.tables.get(name)
    if table is None or not days:
        return None
    finality = Finality(outlines, lake)
    return finality.standing(table, days[0]), finality.awaited(table, days[0])


def _count(lake: Lake, snapshot: TableSnapshot, day: date | None) -> int | None:
    """The number of rows of the partition; None if no record has it."""
    try:
        record = lake.record(snapshot, day)
    except RecordUnreadable:
        return None
    return record.partitions[day].rows if record else None


def _show_contract(table: Outline, as_json: bool) -> None:
    title = f"{table.layer}.{table.name}"
    columns = [_column(each) for each in table.columns]
    if as_json:
        checks = [
            {"name": each.name, "severity": each.severity, "condition": each.condition}
            for each in table.checks
        ]
        document = {"table": title, "meaning": table.doc, "owner": table.owner}
        print_json({**document, "module": table.path, "columns": columns, "checks": checks})
        return
    headings = ["column", "type", "null", "role", "meaning", "checks"]
    shown = Listing(headings, long=["meaning", "checks"], title=title)
    for column in columns:
        null, checks = "null" if column["null"] else "", ", ".join(column["checks"])
        shown.add(column["column"], column["type"], null, column["role"], column["meaning"], checks)
    shown.print()
    console = output()
    for check in table.checks:
        console.print(f"{check.severity}: {check.name}: {check.condition}", markup=False)
    note(f"{table.doc.splitlines()[0]} Owner: {table.owner}. {table.path}")


def _column(column: OutlineColumn) -> dict[str, Any]:
    """A column for --json, in the order in which the listing shows it."""
    role = column.role.role if column.role.role != "value" else ""
    return {
        "column": column.spec.name,
        "type": column.spec.type,
        "null": column.spec.nullable,
        "role": f"key of {column.role.references}" if column.role.references else role,
        "meaning": column.spec.doc,
        "checks": column.checks,
    }
