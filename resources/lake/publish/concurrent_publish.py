"""A run that was overtaken: whether what another published meanwhile are the very same rows.

Several runs of one day, started by hand, by a schedule and by a retry, all make the same tables.
The first one to publish each table wins; the others have made the same rows, and need not fail.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from resources.errors import RecordUnreadable
from resources.lake.catalog.catalog import load_table
from resources.lake.model.publication_record import Partition, PublicationRecord, PublishContext
from resources.lake.publish.change_detection import DetectedChanges
from resources.lake.publish.commit import Committed, Overtaken, commit
from resources.lake.publish.staged_commit import StagedCommit
from resources.lake.publish.unchanged_runs import digests, same_code, same_run
from resources.lake.read.table_snapshot import TableSnapshot, snapshot_of
from resources.settings import Settings

Compare = Callable[[TableSnapshot], DetectedChanges]
"""What replacing rows of the pinned table with the staged ones would leave as it is."""


@dataclass(frozen=True)
class Outcome:
    """How a commit ended: committed, or published by others with the same rows (`runs`).

    `publication_id` is the one that its partitions are from, or one of several.
    """

    committed: Committed
    publication_id: str
    runs: tuple[str, ...] = ()


def commit_or_meet(
    settings: Settings, staged_commit: StagedCommit, compare: Compare | None
) -> Outcome:
    """Commit what is staged, unless others have published all of it meanwhile with the same rows.

    Where they have published a part of it, or the same rows of other code or files, the whole is
    committed on top of that. `compare` says how rows are compared; None for a merge, of which runs
    are.

    Raises:
        PublishConflict: If another run published other rows first, or changed the table.
        StorageError: As `commit`.
    """
    while True:
        try:
            return Outcome(commit(settings, staged_commit), staged_commit.attempt.id)
        except Overtaken as overtaken:
            snapshot = snapshot_of(staged_commit.spec, load_table(settings, staged_commit.spec))
            changes = compare(snapshot) if compare else _unchanged_by_merge(staged_commit, snapshot)
            if not changes.unchanged.keys() >= set(overtaken.partitions):
                raise
            is_all = changes.unchanged.keys() >= set(staged_commit.partitions)
            if is_all and (met := _met(staged_commit, snapshot)) is not None:
                return met
            # Nothing is lost: the rows are the same where it was overtaken, and it says more.
            now = {day: snapshot.published[day] for day in overtaken.partitions}
            staged_commit = replace(
                staged_commit, seen={**staged_commit.seen, **now}, changes=changes
            )


def _unchanged_by_merge(staged_commit: StagedCommit, snapshot: TableSnapshot) -> DetectedChanges:
    """The partitions that another run merged the same things into, as the records say."""
    same: dict[Partition, str] = {}
    for day in staged_commit.partitions:
        with suppress(RecordUnreadable, KeyError):
            record = snapshot.publications.read(snapshot.published[day])
            merged_the_same = record.positions == staged_commit.context.positions
            if merged_the_same and same_run(
                record, day, staged_commit.context, staged_commit.window
            ):
                same[day] = snapshot.rows_from[day]
    return DetectedChanges(same)


def _met(staged_commit: StagedCommit, snapshot: TableSnapshot) -> Outcome | None:
    """What others published as the outcome; None if their records say other things of it.

    The same rows of other code, or of other files, are up to date by another measure.
    """
    assert snapshot.table is not None and snapshot.snapshot_id is not None
    records: dict[str, PublicationRecord] = {}
    for day in staged_commit.partitions:
        publication_id = snapshot.published[day]
        try:
            record = records[publication_id] = snapshot.publications.read(publication_id)
        except RecordUnreadable:
            return None
        if not _says_the_same(record, day, staged_commit.context):
            return None
    committed = Committed(
        snapshot.snapshot_id, snapshot.table.last_sequence_number, staged_commit.partitions
    )
    runs = tuple(dict.fromkeys(record.run_id for record in records.values()))
    return Outcome(committed, next(iter(records)), runs)


def _says_the_same(record: PublicationRecord, day: Partition, context: PublishContext) -> bool:
    """Whether the record says of the partition what that of this run would say."""
    if day not in record.partitions:
        return False
    return (
        same_code(record, context)
        and (record.sources, record.positions) == (context.sources, context.positions)
        and digests(record.partitions[day].inputs) == digests(context.inputs.get(day, {}))
    )
