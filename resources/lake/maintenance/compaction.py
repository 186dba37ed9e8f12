"""Compaction: data files with many dead rows, and small ones that are many, are written anew.

No row changes and nothing is published: partitions keep their publication. It gives way to every
run, since a run that is told where rows are must find them there.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import groupby

from duckdb import DuckDBPyConnection
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.table import Table

from resources.duckdb.engine import lake_session
from resources.errors import SchemaChangeRefused, StorageError
from resources.lake.catalog.cached_transaction import CachedTransaction
from resources.lake.catalog.catalog import load_table
from resources.lake.catalog.locks.commit_lock import commit_lock
from resources.lake.maintenance.rewrites import MOST_DEAD_IN_MAINTENANCE, files_to_rewrite
from resources.lake.model.publication_record import COMPACTION
from resources.lake.model.table_spec import TableSpec
from resources.lake.read.row_locator import RowLocator
from resources.lake.read.scan_plan import PlannedFile, plan_files
from resources.lake.read.table_snapshot import snapshot_of
from resources.lake.schema.evolution import plan_evolution
from resources.lake.write.overwrite_snapshot import FileSwap, replace_files
from resources.lake.write.staging import stage
from resources.lake.write.write_attempts import WriteAttempt, abandon, live_attempts, open_attempt
from resources.settings import Settings

logger = logging.getLogger(__name__)


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
        logger.warning("%s.%s is not compacted: %s", spec.namespace, spec.name, error.message)
        return []
    return files_to_rewrite(files, MOST_DEAD_IN_MAINTENANCE)


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
        replace_files(
            transaction,
            now,
            FileSwap([file.data_file for file in chosen], staged),
            AlwaysTrue(),
            attempt.id,
            {COMPACTION: attempt.id},
        )
        attempt.in_doubt = True
        transaction.commit_transaction()
    return True
