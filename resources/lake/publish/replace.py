"""Replacing partitions, or a whole table: staged, audited, published in one snapshot."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from resources.duckdb.errors import engine_errors
from resources.lake.audit.audit import audit
from resources.lake.model.publication_record import PublishContext
from resources.lake.publish.change_detection import (
    DetectedChanges,
    Replaced,
    changes_of_replace,
    hash_staged,
    replaced_partitions,
)
from resources.lake.publish.table_write import Clock, OnStage, Prepared, Published, TableWrite
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.write.staging import stage


def replace(
    write: TableWrite,
    select_sql: str,
    connection: DuckDBPyConnection,
    context: PublishContext,
    on_stage: OnStage | None = None,
) -> Published:
    """Make the window hold exactly the rows of `select_sql`, in one snapshot, or change nothing.

    Args:
        write: The table, and the partitions to replace: all of it if it has none.
        select_sql: A SELECT in DuckDB's dialect that gives the table's columns.
        connection: The engine in which `select_sql` makes sense.
        context: The run, and what it read.
        on_stage: Called with "staging", "auditing" and "publishing" as each begins.

    Raises:
        AuditFailed: As `RulesBroken`; what was published stays as it was.
        PublishConflict: If one of the window's partitions is no longer as in `write.base`, unless
            what was published meanwhile are the same rows.
        StorageError: If disk, files or catalog fail.
    """
    spec, window, attempt = write.spec, write.window, write.attempt

    def prepare(clock: Clock) -> Prepared:
        ids = write.evolution.field_ids
        staged = stage(connection, spec, select_sql, window, attempt.folder, ids, attempt.io)
        clock.next("auditing")
        audited = replaced_partitions(spec, staged, window, write.base, context)
        report = audit(connection, spec, staged, window, hashed=audited.to_hash)
        if not report.passed:
            return Prepared(staged, report)

        def compared(replaced: Replaced) -> DetectedChanges:
            with engine_errors(f"Comparing {spec.where(window)}"):
                # Those of which a record said enough, when the audit looked, are not hashed yet.
                later = replaced.to_hash - audited.to_hash
                hashed = {**report.hashed, **hash_staged(connection, spec, staged, later)}
                return changes_of_replace(connection, spec, replaced, hashed, attempt.id)

        def compare(before: TableSnapshot) -> DetectedChanges:
            return compared(replaced_partitions(spec, staged, window, before, context))

        return Prepared(staged, report, changes=compared(audited), compare=compare)

    return write.commit(context, on_stage, prepare)
