"""The commit of a publish: under the table's lock, against what the run saw, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyiceberg.exceptions import CommitFailedException, ValidationException
from pyiceberg.table import Table, Transaction

from resources.errors import PublishConflict, RecordUnreadable, StorageError
from resources.lake.catalog.catalog import commits_settle_at_once, create_table, load_table
from resources.lake.catalog.locks.locks import commit_lock
from resources.lake.catalog.locks.session import LockLost
from resources.lake.maintenance.maintenance import expire_if_many
from resources.lake.model.publication_record import (
    CODE_VERSION,
    PUBLICATION,
    RUN_ID,
    WINDOW,
    Partition,
    published_partitions,
    published_property,
    published_value,
)
from resources.lake.publish.staged_commit import StagedCommit, record_of
from resources.lake.pyiceberg_internals import CachedTransaction
from resources.lake.read.publication_store import PublicationStore
from resources.lake.schema.evolution import Evolution, apply_evolution, plan_evolution
from resources.lake.storage.storage_errors import is_database_locked
from resources.lake.write.overwrite_snapshot import (
    FileSwap,
    files_of_window,
    replace_files,
    window_filter,
)
from resources.lake.write.write_attempts import is_published
from resources.settings import Settings


@dataclass(frozen=True)
class Committed:
    """The snapshot that a commit made, and the rows of each partition it published.

    `sequence_number` counts the table's snapshots, expired ones included.
    """

    snapshot_id: int
    sequence_number: int
    partitions: Mapping[Partition, int]


class Overtaken(PublishConflict):
    """Another run published `partitions`, which this run was to publish, after this one began."""

    def __init__(self, message: str, next_step: str, partitions: Sequence[Partition]) -> None:
        super().__init__(message, next_step)
        self.partitions = partitions


def commit(settings: Settings, staged_commit: StagedCommit) -> Committed:
    """Swap the window's files for the staged ones, or merge, in one snapshot, with the record.

    Raises:
        Overtaken: If another run published one of the partitions first.
        PublishConflict: If another program changed the table; nothing of this run is visible.
        StorageError: If nobody can say whether the commit landed; the attempt is then in doubt.
    """
    attempt = staged_commit.attempt
    with commit_lock(settings, staged_commit.spec):
        table = load_table(settings, staged_commit.spec)
        if table is None:
            table = create_table(settings, staged_commit.spec)
        evolution = _evolution(table, staged_commit)
        _refuse_if_overtaken(table, staged_commit)
        staged_commit.condition()
        transaction = CachedTransaction(table)
        snapshot_id = _fill(transaction, table, evolution, staged_commit)
        attempt.in_doubt = True
        try:
            transaction.commit_transaction()
        except LockLost:
            # Lock and commit were of one session: nothing landed.
            attempt.in_doubt = False
            raise
        except (CommitFailedException, ValidationException) as error:
            attempt.in_doubt = False
            raise PublishConflict(
                f"{staged_commit.name}: another program changed the table at the same time: "
                f"{error}",
                "Run again.",
            ) from error
        except Exception as error:
            if not _landed(settings, staged_commit, error):
                raise
        expire_if_many(settings, staged_commit.spec, table)
    return Committed(snapshot_id, table.last_sequence_number, staged_commit.partitions)


def _evolution(table: Table, staged_commit: StagedCommit) -> Evolution:
    """What the contract changes in the table, if that is what the files were staged for."""
    evolution = plan_evolution(staged_commit.spec, table)
    if evolution.field_ids != staged_commit.field_ids:
        raise PublishConflict(
            f"{staged_commit.name}: the table's columns changed while rows were staged; "
            "it stays as it is",
            "Run again.",
        )
    return evolution


def _refuse_if_overtaken(table: Table, staged_commit: StagedCommit) -> None:
    now = published_partitions(table.properties)
    overtaken = [
        partition
        for partition in staged_commit.partitions
        if now.get(partition) != staged_commit.seen.get(partition)
    ]
    if not overtaken:
        _refuse_if_moved(table, staged_commit)
        return
    winners = sorted({now[partition] for partition in overtaken if partition in now})
    runs = sorted({_run_of(table, winner) for winner in winners})
    raise Overtaken(
        f"{staged_commit.name}: run {', '.join(runs) or '(unknown)'} published "
        f"{', '.join(str(partition or 'the table') for partition in overtaken[:5])} first; "
        "this run's files were removed",
        "Run again if these rows are wanted all the same.",
        overtaken,
    )


def _refuse_if_moved(table: Table, staged_commit: StagedCommit) -> None:
    """Positions of rows mean nothing once another snapshot has rewritten their files."""
    change = staged_commit.change
    if change is None or change.only_adds:
        return
    if table.metadata.current_snapshot_id != change.snapshot_id:
        raise PublishConflict(
            f"{staged_commit.name}: the table's files were rewritten while rows were staged; "
            "it stays as it is",
            "Run again.",
        )


def _run_of(table: Table, publication_id: str) -> str:
    try:
        return PublicationStore(table.location(), table.io).read(publication_id).run_id
    except RecordUnreadable:
        return f"of publication {publication_id}"


def _fill(
    transaction: Transaction, table: Table, evolution: Evolution, staged_commit: StagedCommit
) -> int:
    spec, window, attempt = staged_commit.spec, staged_commit.window, staged_commit.attempt
    record = record_of(staged_commit, table.metadata.current_snapshot_id)
    PublicationStore(table.location(), table.io).write(record)
    apply_evolution(transaction, evolution)
    snapshot_id = replace_files(
        transaction,
        table,
        swap=_swap(table, staged_commit),
        scope=window_filter(spec, window),
        commit_id=attempt.id,
        snapshot_properties={
            RUN_ID: staged_commit.context.run_id,
            CODE_VERSION: staged_commit.context.code_version,
            WINDOW: str(window or "all"),
            PUBLICATION: attempt.id,
        },
    )
    # Last, because each change before the snapshot copies all metadata once more.
    transaction.set_properties(
        {
            published_property(partition): published_value(
                attempt.id, staged_commit.changes.unchanged.get(partition)
            )
            for partition in staged_commit.partitions
        }
    )
    return snapshot_id


def _swap(table: Table, staged_commit: StagedCommit) -> FileSwap:
    staged = [file.path for file in staged_commit.staged.files]
    change = staged_commit.change
    if change is None:
        return FileSwap(files_of_window(table, staged_commit.spec, staged_commit.window), staged)
    return FileSwap(change.rewritten, [*staged, *change.carried], change.deletes, change.combined)


def _landed(settings: Settings, staged_commit: StagedCommit, error: Exception) -> bool:
    """Whether the commit is in the table in spite of the error."""
    if is_database_locked(error):
        staged_commit.attempt.in_doubt = False
        return False
    try:
        landed = is_published(load_table(settings, staged_commit.spec), staged_commit.attempt.id)
    except Exception as second:
        raise _unknown(staged_commit, error) from second
    if not landed and not commits_settle_at_once(settings):
        raise _unknown(staged_commit, error) from error
    staged_commit.attempt.in_doubt = landed
    return landed


def _unknown(staged_commit: StagedCommit, error: Exception) -> StorageError:
    return StorageError(
        f"{staged_commit.name}: the catalog failed while publishing and does not say whether it "
        f"did ({type(error).__name__}: {error}); no file was deleted",
        "Look with `ledgerlake trace`, and run again if the rows are not there: the next run "
        "cleans up.",
    )
