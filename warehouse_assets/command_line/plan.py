"""What has to be made again: what is stale, and what reads something that is made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from resources.lake.window import Window

if TYPE_CHECKING:
    from resources.lake.publication import Partition
    from warehouse_assets.modeling.staleness import Staleness
    from warehouse_assets.modeling.table import Table
    from warehouse_assets.modeling.windows import ReadWindow


@dataclass(frozen=True)
class Plan:
    """The tables to run, in order, all over the same window, and why.

    Args:
        reasons: For each table its partitions that are not up to date, and the reason of each.
        window: From the first to the last day that any table needs; None if none needs a day.
    """

    reasons: dict[str, dict[Partition, str]]
    window: Window | None

    @property
    def partitions(self) -> int:
        """How many partitions are not up to date, of all tables together."""
        return sum(len(partitions) for partitions in self.reasons.values())


def stale_plan(tables: Sequence[Table], window: Window | None, staleness: Staleness) -> Plan:
    """The plan that makes the tables up to date for the window's days.

    A run has one window for all its tables, so a table is made again for all of it; whatever
    reads one of its days is then made again as well. `tables` come inputs first.
    """
    days = list(window) if window else []
    reasons = {table.name: staleness.stale(table, days) for table in tables}
    while _add_readers(tables, days, reasons):
        pass
    found = {name: partitions for name, partitions in reasons.items() if partitions}
    return Plan(found, _span(found))


def _add_readers(
    tables: Sequence[Table], days: Sequence[date], reasons: dict[str, dict[Partition, str]]
) -> bool:
    """Add what reads a table that will be made again; whether that changed anything."""
    changed = False
    rebuilt = _span(reasons)
    for table in tables:
        partitions: Sequence[Partition] = days if table.partition_column else (None,)
        for partition in partitions:
            if partition in reasons[table.name]:
                continue
            for name, reads in table.reads.items():
                if reasons.get(name) and _sees(reads, partition, rebuilt):
                    reasons[table.name][partition] = f"{name} is made again"
                    changed = True
                    break
    return changed


def _sees(reads: ReadWindow, partition: Partition, rebuilt: Window | None) -> bool:
    """Whether an output partition sees a day of an input that is made again over `rebuilt`."""
    if reads.whole or partition is None or rebuilt is None:
        return True
    last = partition + timedelta(days=reads.ahead)
    if reads.back is None:
        return rebuilt.start <= last
    first = partition - timedelta(days=reads.back + reads.max_age)
    return rebuilt.start <= last and first <= rebuilt.last


def _span(reasons: dict[str, dict[Partition, str]]) -> Window | None:
    days = [day for partitions in reasons.values() for day in partitions if day is not None]
    return Window.of_days(min(days), max(days)) if days else None
