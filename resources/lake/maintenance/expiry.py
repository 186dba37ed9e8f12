"""Which snapshots of a table have been kept long enough."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime, timedelta
from itertools import pairwise

from pyiceberg.table.snapshots import Snapshot

from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings

# Of a served table, however young they are: 200 add 10 ms to a commit. The files of older ones are
# kept as long as without this limit, so that a reader of them does not fail.
MOST_SNAPSHOTS = 200


def expired_ids(
    settings: Settings,
    spec: TableSpec,
    snapshots: Iterable[Snapshot],
    protected: Set[int],
    now: datetime,
) -> list[int]:
    """The snapshots beyond those that are kept, oldest first; none of the protected ones.

    The latest `settings.snapshots_kept` are kept. Of a served table so is each one that another
    has followed less than `settings.snapshot_hours` ago: a reader may still be at it.
    """
    oldest_first = sorted(snapshots, key=lambda each: each.sequence_number or 0)
    beyond = len(oldest_first) - settings.snapshots_kept
    if spec.served:
        young_from = (now - timedelta(hours=settings.snapshot_hours)).timestamp() * 1000
        followed = [after.timestamp_ms for _, after in pairwise(oldest_first)]
        young = (number for number, time in enumerate(followed) if time > young_from)
        too_many = len(oldest_first) - max(settings.snapshots_kept, MOST_SNAPSHOTS)
        beyond = min(beyond, max(next(young, beyond), too_many))
    ids = [each.snapshot_id for each in oldest_first[: max(beyond, 0)]]
    return [each for each in ids if each not in protected]


def hours_before_deletion(settings: Settings, spec: TableSpec) -> int:
    """How many hours an orphan file of the table is kept."""
    return max(settings.orphan_hours, settings.snapshot_hours if spec.served else 0)
