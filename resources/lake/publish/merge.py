"""Merging: rows go out of a table and rows come in, in one snapshot, at the cost of the change.

The rows that go out are named dead in small delete files; the data files they are in stay. What
that costs a reader is bounded: a file in which many rows are dead is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from pyiceberg.io import FileIO

from resources.duckdb.errors import engine_errors
from resources.errors import SettingsError
from resources.lake.audit.audit import audit
from resources.lake.audit.retained_rows import RetainedRows
from resources.lake.maintenance.compaction import MOST_DELETED_IN_MERGE, files_to_rewrite
from resources.lake.model.key_sql import Keys, hold_keys
from resources.lake.model.publication_record import Partition, PublishContext
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.change_detection import DetectedChanges, changes_of_merge
from resources.lake.publish.staged_commit import Change
from resources.lake.publish.table_write import Clock, OnStage, Prepared, Published, TableWrite
from resources.lake.read.row_locator import RowLocator
from resources.lake.read.scan_plan import PlannedFile, plan_files
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.storage.storage_errors import storage_errors
from resources.lake.storage.table_files import delete_files
from resources.lake.write.position_delete_writer import PositionDeletes, write_deletes
from resources.lake.write.staging import Staged, stage


@dataclass(frozen=True)
class Merge:
    """Rows that go out of a table and rows that come in, in one snapshot.

    `rows_sql` is a SELECT of the table's columns: the rows that come in. `touched_sql` is a
    SELECT of the columns `match`, some or all of the table's key: every live row with such a key
    goes out first; None: rows are only added. `follows_from_inputs` is False where other runs with
    the code and inputs of the context may merge other rows: none of them counts as the same.
    """

    rows_sql: str
    touched_sql: str | None = None
    match: tuple[str, ...] = ()
    follows_from_inputs: bool = True


def merge(
    write: TableWrite,
    change: Merge,
    connection: DuckDBPyConnection,
    context: PublishContext,
    on_stage: OnStage | None = None,
) -> Published:
    """Take the touched rows out and the new ones in, in one snapshot, or change nothing.

    All rules are applied to the rows that come in, but guards to partitions as they will be. The
    key is unique among the rows that come in and those that stay. `write` has the partitions that
    the change publishes; `connection` is the engine in which its SQL makes sense. `on_stage` is
    told "staging", "auditing" and "publishing" as each begins.

    Raises:
        SettingsError: If rows are to go out of a table that has partitions.
        AuditFailed: As `RulesBroken`; what was published stays as it was.
        PublishConflict: If the table, or one of the window's partitions, is no longer as in
            `write.base`, unless another run merged the same.
        StorageError: If disk, files or catalog fail.
    """
    spec, window = write.spec, write.window
    _check(spec, change)

    def prepare(clock: Clock) -> Prepared:
        before = RowLocator(write.base, _files(write.base, window))
        folder, ids, io = write.attempt.folder, write.evolution.field_ids, write.attempt.io
        with (
            engine_errors(f"Merging into {spec.full_name}"),
            storage_errors(spec, window),
            _touched(connection, spec, change) as touched,
        ):
            staged = stage(connection, spec, change.rows_sql, window, folder, ids, io)
            deleted = _delete_rows(connection, before, touched, folder)
            after = before.with_files(deleted.files)
            rewrite = _worth_rewriting(after)
            carried = _carry(connection, rewrite, folder, ids, io)
            clock.next("auditing")
            report = audit(connection, spec, staged, window, RetainedRows(after, touched))
        file_change = _file_change(before, deleted, rewrite, carried, io)
        changes = changes_of_merge(staged, window, write.base, file_change.rows_removed)
        compare = None if change.follows_from_inputs else _nothing_unchanged
        return Prepared(staged, report, file_change, changes, compare)

    return write.commit(context, on_stage, prepare)


def _nothing_unchanged(_: TableSnapshot) -> DetectedChanges:
    return DetectedChanges({})


def _check(spec: TableSpec, change: Merge) -> None:
    if change.touched_sql is None:
        return
    name = spec.full_name
    if spec.partition_column is not None:
        raise SettingsError(
            f"{name} has partitions, and rows can go out of tables without partitions only",
            "Publish the partitions anew, or only add rows.",
        )
    if not change.match or not set(change.match) <= set(spec.key):
        raise SettingsError(
            f"{name}: rows are to be matched by ({', '.join(change.match)}), "
            f"but its key is ({', '.join(spec.key)})",
            "Match by some or all columns of the key.",
        )


def _files(snapshot: TableSnapshot, window: Window | None) -> tuple[PlannedFile, ...]:
    if snapshot.table is None:
        return ()
    return tuple(plan_files(snapshot.table, snapshot, None if window is None else set(window)))


def _touched(
    connection: DuckDBPyConnection, spec: TableSpec, change: Merge
) -> AbstractContextManager[Keys | None]:
    if change.touched_sql is None:
        return nullcontext()
    return hold_keys(connection, spec, change.match, change.touched_sql)


def _delete_rows(
    connection: DuckDBPyConnection, rows: RowLocator, keys: Keys | None, folder: str
) -> PositionDeletes:
    if keys is None:
        return PositionDeletes(rows.files, {}, {})
    with rows.find(connection, keys) as found:
        return write_deletes(connection, rows, found, folder)


def _worth_rewriting(rows: RowLocator) -> RowLocator:
    """The rows of the files to write anew; of partitions that are only added to it is none."""
    if rows.snapshot.spec.partition_column is not None:
        return rows.with_files(())
    return rows.with_files(files_to_rewrite(rows.files, MOST_DELETED_IN_MERGE))


def _carry(
    connection: DuckDBPyConnection,
    rows: RowLocator,
    folder: str,
    field_ids: Mapping[str, int],
    io: FileIO,
) -> Staged:
    """Stage what is alive in files that are to go. It was audited when it came in."""
    if not rows.files:
        return Staged(())
    return stage(connection, rows.snapshot.spec, rows.relation(), None, folder, field_ids, io)


def _file_change(
    before: RowLocator, deleted: PositionDeletes, rewrite: RowLocator, carried: Staged, io: FileIO
) -> Change:
    after = before.with_files(deleted.files)
    retained_rows: dict[Partition, int] = {}
    for file in after.files:
        retained_rows[file.partition] = retained_rows.get(file.partition, 0) + file.live_rows
    rewritten = {file.path for file in rewrite.files}
    # What these say is true of files that go: nobody needs it.
    superseded = [
        new.delete_file.path for path, new in deleted.written.items() if path in rewritten
    ]
    delete_files(superseded, io)
    return Change(
        snapshot_id=before.snapshot.snapshot_id,
        retained_rows=retained_rows,
        rows_removed=before.count - after.count,
        rewritten=tuple(file.data_file for file in rewrite.files),
        carried=tuple(file.path for file in carried.files),
        deletes=tuple(new for path, new in deleted.written.items() if path not in rewritten),
        combined=tuple(
            old.path
            for path, combined in deleted.combined.items()
            if path not in rewritten
            for old in combined
        ),
    )
