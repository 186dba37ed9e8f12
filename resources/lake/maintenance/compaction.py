"""Compaction: rewrites data files with many deleted rows, and small files where there are many.

No row changes and nothing is published: partitions keep their publication. Compaction gives way to
every run, since a merge refers to rows by their positions in files.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from duckdb import DuckDBPyConnection
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.table import Table

from resources.duckdb.engine import lake_session
from resources.errors import SchemaChangeRefused, StorageError
from resources.lake.catalog.catalog import load_table
from resources.lake.catalog.locks.locks import commit_lock
from resources.lake.model.publication_record import COMPACTION
from resources.lake.model.table_spec import TableSpec
from resources.lake.pyiceberg_internals import CachedTransaction
from resources.lake.read.row_locator import RowLocator
from resources.lake.read.scan_plan import PlannedFile, plan_files
from resources.lake.read.table_snapshot import snapshot_of
from resources.lake.schema.evolution import plan_evolution
from resources.lake.write.overwrite_snapshot import FileSwap, replace_files
from resources.lake.write.staging import stage
from resources.lake.write.write_attempts import WriteAttempt, abandon, live_attempts, open_attempt
from resources.settings import Settings

logger = logging.getLogger(__name__)

# Share of a file's rows. A merge waits for the rewrite; maintenance has more time.
MOST_DELETED_IN_MERGE = 0.3
MOST_DELETED_IN_MAINTENANCE = 0.1

_SMALL_FILE_BYTES = 16 * 1024 * 1024
_MOST_SMALL_FILES = 20


def compact(settings: Settings, spec: TableSpec, dry_run: bool = False) -> int:
    """Rewrite the files that are worth it, in one snapshot; how many they were, or would be.

    Nothing is done if a run is under way or comes first, if a file of the table is missing or was
    written by something else, or if the table has yet to follow its contract.
    """
    table = load_table(settings, spec)
    if table is None or not _follows_contract(spec, table):
        return 0
    chosen = _worth_it(spec, table)
    if dry_run or not chosen:
        return len(chosen)
    if live_attempts(settings, spec):
        return 0
    attempt = open_attempt(settings, spec, table.location(), "compaction", "compaction")
    try:
        attempt.make_folder()
        with lake_session(settings) as connection:
            staged = _write(connection, spec, table, chosen, attempt.folder)
        if not _commit(settings, spec, table, chosen, staged, attempt):
            return 0
        attempt.close()
        return len(chosen)
    finally:
        abandon(attempt)


def _follows_contract(spec: TableSpec, table: Table) -> bool:
    try:
        return not plan_evolution(spec, table).changes_schema
    except SchemaChangeRefused:
        return False


def _worth_it(spec: TableSpec, table: Table) -> list[PlannedFile]:
    try:
        files = plan_files(table, snapshot_of(spec, table), None)
    except StorageError as error:
        logger.warning("%s is not compacted: %s", spec.full_name, error.message)
        return []
    return files_to_rewrite(files, MOST_DELETED_IN_MAINTENANCE)


def _write(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    table: Table,
    chosen: Sequence[PlannedFile],
    folder: str,
) -> list[str]:
    """Stage the live rows of the files, one partition after the other."""
    ids = plan_evolution(spec, table).field_ids
    snapshot = snapshot_of(spec, table)
    staged: list[str] = []
    for _, files in groupby(chosen, key=lambda file: file.partition):
        rows = RowLocator(snapshot, tuple(files))
        written = stage(connection, spec, rows.relation(), None, folder, ids, table.io)
        staged += [file.path for file in written.files]
    return staged


def _commit(
    settings: Settings,
    spec: TableSpec,
    table: Table,
    chosen: Sequence[PlannedFile],
    staged: Sequence[str],
    attempt: WriteAttempt,
) -> bool:
    """Swap the files, unless a run lives or the table is no longer what was read."""
    with commit_lock(settings, spec):
        now = load_table(settings, spec)
        if now is None or now.metadata.current_snapshot_id != table.metadata.current_snapshot_id:
            return False
        if live_attempts(settings, spec) - {attempt.id} or not _follows_contract(spec, now):
            return False
        transaction = CachedTransaction(now)
        swap = FileSwap([file.data_file for file in chosen], staged)
        properties = {COMPACTION: attempt.id}
        replace_files(transaction, now, swap, AlwaysTrue(), attempt.id, properties)
        attempt.in_doubt = True
        transaction.commit_transaction()
    return True


def files_to_rewrite(files: Iterable[PlannedFile], most_deleted: float) -> list[PlannedFile]:
    """Of live files, of any partitions, those with a larger share of deleted rows, or too small."""
    by_partition: dict[date | None, list[PlannedFile]] = {}
    for file in files:
        by_partition.setdefault(file.partition, []).append(file)
    return [file for group in by_partition.values() for file in _of_partition(group, most_deleted)]


def _of_partition(files: Sequence[PlannedFile], most_deleted: float) -> list[PlannedFile]:
    chosen = [file for file in files if file.deleted_rows > most_deleted * file.rows]
    small = [file for file in files if file.data_file.file_size_in_bytes < _SMALL_FILE_BYTES]
    if len(small) > _MOST_SMALL_FILES:
        chosen += [file for file in small if file not in chosen]
    return chosen
