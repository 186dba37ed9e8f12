"""Which partitions have to be made again, and in what steps: exactly those that a change touches.

A payment that arrives three days late makes one business date of `dwd_payment` stale, and of each
table above it the dates that see that one. The dates are named from what is published, never from
how late a row may be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from resources.lake.model.window import Window, windows_of

if TYPE_CHECKING:
    from resources.lake.model.publication_record import Partition
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow
    from warehouse_assets.modeling.execution.staleness import Staleness

MADE_AGAIN = "is made again"
"""How the reason of what may only follow from another table ends."""

Reasons = Mapping[str, Mapping["Partition", str]]
"""For each table its partitions that are not up to date, and the reason of each."""


@dataclass(frozen=True)
class Step:
    """Tables that one run makes again, inputs first, all over the same days (None: no day)."""

    tables: tuple[str, ...]
    window: Window | None


def stale_partitions(
    tables: Sequence[Table], window: Window | None, staleness: Staleness
) -> dict[str, dict[Partition, str]]:
    """What is not up to date, and what reads it and may have to be made again after it.

    Args:
        tables: The tables to look at, inputs first. Those without anything to do are left out.
        window: The days to look at; None if no table has partitions.
        staleness: What is published now.
    """
    found: dict[str, dict[Partition, str]] = {}
    for table in tables:
        days: Sequence[Partition] = list(window or ()) if table.partition_column else (None,)
        reasons = staleness.stale(table, [day for day in days if day is not None])
        for day in days:
            remade = next((n for n, r in table.reads.items() if _sees(r, day, found.get(n))), None)
            if day not in reasons and remade and not staleness.is_kept(table, day):
                reasons[day] = f"{remade} {MADE_AGAIN}"
        if reasons:
            found[table.name] = dict(sorted(reasons.items(), key=lambda item: str(item[0])))
    return found


def next_step(tables: Sequence[Table], stale: Reasons) -> Step | None:
    """The tables to run now: the first stale ones, and what can run with them over the same days.

    A table joins the step if everything stale that it reads is in the step. After the step, look
    again: what was only feared to be stale often is not.
    """
    dated = next((t.name for t in tables if t.partition_column and stale.get(t.name)), None)
    # The first days that follow one another without a gap.
    window = windows_of(day for day in stale[dated] if day is not None)[0] if dated else None
    step: list[str] = []
    for table in tables:
        if stale.get(table.name) and table.reads.keys() & stale.keys() <= set(step):
            own: Sequence[Partition] = list(window or ()) if table.partition_column else (None,)
            if table.name == dated or set(stale[table.name]) == set(own):
                step.append(table.name)
    return Step(tuple(step), window) if step else None


def without(tables: Sequence[Table], names: Collection[str]) -> list[Table]:
    """The tables but for those named and all that read them, directly or not."""
    left_out = set(names)
    kept: list[Table] = []
    for table in tables:
        if table.name in left_out or table.reads.keys() & left_out:
            left_out.add(table.name)
        else:
            kept.append(table)
    return kept


def _sees(reads: ReadWindow, partition: Partition, remade: Mapping[Partition, str] | None) -> bool:
    """Whether an output partition sees a day of an input that is made again."""
    if not remade:
        return False
    if reads.whole or partition is None:
        return True
    last = partition + timedelta(days=reads.ahead)
    first = date.min
    if reads.back is not None:
        first = partition - timedelta(days=reads.back + reads.max_age)
    return any(day is None or first <= day <= last for day in remade)
