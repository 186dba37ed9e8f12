"""Which partitions of a table have changed since one of its snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from resources.lake.model.publication_record import COMPACTION, WINDOW
from resources.lake.model.window import Window


def changed_since(table: Table, snapshot_id: int | None) -> frozenset[date] | None:
    """The dates that publishes since the snapshot replaced or added to.

    None where that is not known, and so any may have changed: the snapshot is gone or was never
    there, another program wrote, or the table has no partitions. A compaction changes no rows.
    """
    changed: set[date] = set()
    for snapshot in _latest_first(table):
        if snapshot.snapshot_id == snapshot_id:
            return frozenset(changed)
        summary = snapshot.summary.additional_properties if snapshot.summary else {}
        if COMPACTION not in summary:
            window = _window(summary.get(WINDOW))
            if window is None:
                return None
            changed.update(window)
    return None


def is_since(table: Table, snapshot_id: int, earlier_id: int) -> bool:
    """Whether the table has come to the snapshot at the earlier one or after it, as is known."""
    is_passed = False
    for snapshot in _latest_first(table):
        is_passed = is_passed or snapshot.snapshot_id == snapshot_id
        if snapshot.snapshot_id == earlier_id:
            return is_passed
    return False


def _latest_first(table: Table) -> Iterator[Snapshot]:
    """The snapshots that led to the table as it is, as far back as they are kept."""
    current = table.current_snapshot()
    while current is not None:
        yield current
        parent = current.parent_snapshot_id
        current = None if parent is None else table.snapshot_by_id(parent)


def _window(text: str | None) -> Window | None:
    """The window that the text of a snapshot names, as `str(window)` writes it."""
    try:
        first, _, last = (text or "").partition("..")
        return Window.of_days(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError:
        return None
