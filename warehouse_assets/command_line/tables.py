"""ledgerlake tables: every table, what is published of it, and what is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from resources.lake.window import Window
from warehouse_assets.command_line.console import note, output

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.pin import Pin
    from resources.lake.publication import Partition
    from resources.settings import Settings
    from warehouse_assets.modeling.staleness import Staleness
    from warehouse_assets.modeling.table import Table

_WATCHED_DAYS = 31

Layer = Annotated[
    str | None, typer.Option("--layer", "-l", help="Only this layer: ods, dim, fact or ads.")
]


def tables(layer: Layer = None) -> None:
    """List the tables: what a row is, which days are published, what is stale, what is due.

    A published day is stale when its code, its inputs or its delivered files have changed since.
    """
    from resources.lake.lake import Lake
    from resources.settings import load_settings
    from warehouse_assets.command_line.reasons import show_reasons
    from warehouse_assets.command_line.selection import tables_of_layer
    from warehouse_assets.command_line.summary import data_table
    from warehouse_assets.modeling.staleness import Staleness
    from warehouse_assets.modeling.warehouse import LAYERS, load_warehouse

    settings, warehouse = load_settings(), load_warehouse()
    lake = Lake(settings)
    staleness = Staleness(warehouse, lake, settings)
    layers = [layer] if layer else list(LAYERS)
    listed = [table for each in layers for table in tables_of_layer(warehouse, each)]
    shown = data_table()
    shown.add_column("table", no_wrap=True)
    shown.add_column("one row per", overflow="fold", ratio=1)
    for heading in ("rows", "days", "stale"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for heading in ("published", "due", "owner"):
        shown.add_column(heading, no_wrap=True)
    reasons: dict[str, dict[Partition, str]] = {}
    for number, table in enumerate(listed):
        if number and listed[number - 1].layer != table.layer:
            shown.add_section()
        pin = lake.pin(table.spec)
        reasons[table.name] = _stale(table, pin, staleness, lake)
        shown.add_row(*_line(table, pin, len(reasons[table.name]), settings))
    output().print(shown)
    show_reasons(reasons)
    note(
        f"Stale days are looked for among the newest {_WATCHED_DAYS}, "
        f"changed deliveries among all. Lake: {settings.home}"
    )


def _line(table: Table, pin: Pin, stale: int, settings: Settings) -> tuple[str | Text, ...]:
    days = _published_days(pin)
    published = f"{days[0]} .. {days[-1]}" if days else "whole" if pin.published else "never"
    return (
        table.name,
        grain(table),
        _rows(pin),
        f"{len(days):,}" if days else "",
        Text(str(stale), style="yellow") if stale else Text("0", style="dim"),
        Text(published, style="" if pin.published else "yellow"),
        _due(table, pin, settings),
        table.owner.removeprefix("team:"),
    )


def grain(table: Table) -> str:
    """What one row of the table is, without the words that every docstring starts with."""
    first = " ".join(table.doc.split("\n\n")[0].split())
    return first.removeprefix("One row per ").rstrip(".")


def _published_days(pin: Pin) -> list[date]:
    return [day for day in pin.published if day is not None]


def _stale(table: Table, pin: Pin, staleness: Staleness, lake: Lake) -> dict[Partition, str]:
    """Partitions that are published and not up to date, with the reason."""
    from warehouse_assets.modeling.delivery_watch import changed_deliveries

    days = _published_days(pin)
    if not days:
        return staleness.stale(table, days) if pin.published else {}
    watched = Window.of_days(days[-1] - timedelta(days=_WATCHED_DAYS - 1), days[-1])
    newest = [day for day in days if day in watched]
    older = days[: len(days) - len(newest)]
    found: dict[Partition, str] = {}
    if table.source and older:
        found |= changed_deliveries(table, older, staleness, lake)
    return found | staleness.stale(table, newest)


def _rows(pin: Pin) -> str:
    snapshot = pin.table.current_snapshot() if pin.table else None
    total = snapshot.summary.get("total-records") if snapshot and snapshot.summary else None
    return f"{int(total):,}" if total else ""


def _due(table: Table, pin: Pin, settings: Settings) -> Text:
    """The next deadline, or the first day that missed its own, and how many more did."""
    if table.freshness is None or not table.partition_column:
        return Text()
    now = datetime.now(UTC)
    missing = table.freshness.missing_days(pin.published, settings.first_date, now, settings.zone)
    if missing:
        more = f" +{len(missing) - 1:,}" if len(missing) > 1 else ""
        return Text(f"late: {missing[0]}{more}", style="red")
    due = table.freshness.newest_due(now, settings.zone)
    return Text(f"{due + timedelta(days=2):%d %b} {table.freshness.at:%H:%M}", style="dim")
