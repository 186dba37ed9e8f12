"""Write, audit, publish: nothing half-done or wrong is ever visible."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from resources.duckdb.errors import engine_errors
from resources.errors import AuditFailed, SettingsError
from resources.lake.audit.audit import AuditReport, audit
from resources.lake.catalog.catalog import load_table, table_location
from resources.lake.catalog.lake_identity import require_own_lake
from resources.lake.maintenance.maintenance import maintain_if_due
from resources.lake.model.publication_record import Partition, PublishContext, published_partitions
from resources.lake.model.table_spec import Severity, TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.change_detection import (
    DetectedChanges,
    Replaced,
    changes_of_replace,
    hash_staged,
    replaced_partitions,
)
from resources.lake.publish.concurrent_publish import Compare, Outcome, commit_or_meet
from resources.lake.publish.staged_commit import Change, StagedCommit
from resources.lake.read.table_snapshot import TableSnapshot, snapshot_of
from resources.lake.schema.evolution import Evolution, plan_evolution
from resources.lake.storage.storage_errors import storage_errors
from resources.lake.storage.table_files import delete_folder_if_empty
from resources.lake.write.staged_rows import Sample
from resources.lake.write.staging import Staged, stage
from resources.lake.write.write_attempts import (
    WriteAttempt,
    abandon,
    open_attempt,
    sweep_dead_attempts,
)
from resources.settings import Settings

OnStage = Callable[[str], None]

# What a stage is called while it lasts, and in the seconds it took.
_STAGES = {"staging": "stage", "auditing": "audit", "publishing": "publish"}


@dataclass(frozen=True)
class Published:
    """What one publish or merge did. `seconds` has the keys stage, audit and publish.

    `partitions` holds the rows that each partition of the window now has, `partition_bytes` the
    bytes that were written for it. `rows`, `bytes` and `files` are what came in; `rows_removed`
    is what a merge took out. `met` are runs that published the same rows meanwhile: then this one
    changed nothing.
    """

    snapshot_id: int
    publication_id: str
    partitions: Mapping[Partition, int]
    partition_bytes: Mapping[Partition, int]
    rows: int
    bytes: int
    files: int
    seconds: Mapping[str, float]
    report: AuditReport
    rows_removed: int = 0
    met: tuple[str, ...] = ()


class RulesBroken(AuditFailed):
    """Staged rows broke a blocking check. `report` has counts by partition and samples."""

    def __init__(self, message: str, next_step: str, report: AuditReport) -> None:
        super().__init__(message, next_step)
        self.report = report


def publish(
    settings: Settings,
    spec: TableSpec,
    window: Window | None,
    select_sql: str,
    connection: DuckDBPyConnection,
    context: PublishContext,
    base: TableSnapshot | None = None,
    on_stage: OnStage | None = None,
) -> Published:
    """Make the window hold exactly the rows of `select_sql`, in one snapshot, or change nothing.

    Args:
        settings: Where the lake is.
        spec: The table; made if it does not exist, changed if the contract has changed.
        window: The partitions to replace; None exactly for a table that is replaced whole.
        select_sql: A SELECT in DuckDB's dialect that gives the table's columns.
        connection: The engine in which `select_sql` makes sense.
        context: The run, and what it read.
        base: The table as the run saw it first; by default as it is now.
        on_stage: Told "staging", "auditing" and "publishing" as each begins.

    Raises:
        SchemaChangeRefused: Before anything is written.
        AuditFailed: As `RulesBroken`; what was published stays as it was.
        PublishConflict: If one of the window's partitions is no longer as in `base`, unless what
            was published meanwhile are the same rows.
        StorageError: If disk, files or catalog fail.
    """
    check_window(spec, window)

    def prepare(evolution: Evolution, attempt: WriteAttempt, clock: Clock) -> Prepared:
        folder, ids = attempt.folder, evolution.field_ids
        staged = stage(connection, spec, select_sql, window, folder, ids, attempt.io)
        clock.next("auditing")
        # Looked at again inside the attempt: while one lives, maintenance rewrites no files.
        before = snapshot_of(spec, load_table(settings, spec))
        audited = replaced_partitions(spec, staged, window, before, context)
        report = audit(connection, spec, staged, window, hashed=audited.to_hash)
        if not report.passed:
            return Prepared(staged, report)

        def compared(replaced: Replaced) -> DetectedChanges:
            where = f"{spec.full_name}, {window or 'whole table'}"
            with engine_errors(f"Comparing {where}"):
                # Those of which a record said enough, when the audit looked, are not hashed yet.
                later = replaced.to_hash - audited.to_hash
                hashed = {**report.hashed, **hash_staged(connection, spec, staged, later)}
                return changes_of_replace(connection, spec, replaced, hashed, attempt.id)

        def compare(before: TableSnapshot) -> DetectedChanges:
            return compared(replaced_partitions(spec, staged, window, before, context))

        return Prepared(staged, report, changes=compared(audited), compare=compare)

    return publish_prepared(settings, spec, window, context, base, on_stage, prepare)


@dataclass(frozen=True)
class Prepared:
    """What is to be published if the audit passed; `change` unless the window is replaced.

    `compare` says what replacing the rows of another snapshot would leave as it is.
    """

    staged: Staged
    report: AuditReport
    change: Change | None = None
    changes: DetectedChanges = field(default_factory=DetectedChanges)
    compare: Compare | None = None


class Clock:
    """Seconds of each stage, told as it begins."""

    def __init__(self, on_stage: OnStage | None) -> None:
        self.seconds: dict[str, float] = {}
        self._tell: OnStage = on_stage or (lambda _: None)
        self._stage: str | None = None
        self._last = time.perf_counter()

    def next(self, stage: str | None) -> None:
        """The stage before, if any, is over; this one, if any, begins."""
        now = time.perf_counter()
        if self._stage is not None:
            self.seconds[_STAGES[self._stage]] = now - self._last
        self._stage, self._last = stage, now
        if stage is not None:
            self._tell(stage)


def publish_prepared(
    settings: Settings,
    spec: TableSpec,
    window: Window | None,
    context: PublishContext,
    base: TableSnapshot | None,
    on_stage: OnStage | None,
    prepare: Callable[[Evolution, WriteAttempt, Clock], Prepared],
) -> Published:
    """Prepare inside an attempt, and commit what passed its audit: all of it, or nothing."""
    with storage_errors(spec, window):
        require_own_lake(settings)
        table = load_table(settings, spec)
        evolution = plan_evolution(spec, table)
        seen = base.published if base else published_partitions(table.properties if table else {})
        location = table.location() if table else table_location(settings, spec)
        sweep_dead_attempts(settings, spec, location)
        attempt = open_attempt(settings, spec, location, context.run_id, str(window or "all"))
        try:
            clock = Clock(on_stage)
            clock.next("staging")
            prepared = prepare(evolution, attempt, clock)
            if not prepared.report.passed:
                raise _rules_broken(spec, window, prepared.report)
            clock.next("publishing")
            staged_commit = StagedCommit(
                spec,
                window,
                prepared.staged,
                prepared.report,
                evolution.field_ids,
                seen,
                context,
                attempt,
                prepared.change,
                prepared.changes,
            )
            outcome = commit_or_meet(settings, staged_commit, prepared.compare)
            clock.next(None)
        except BaseException:
            abandon(attempt)
            raise
        if outcome.runs:
            abandon(attempt)
        else:
            _close(attempt)
    if not outcome.runs:
        maintain_if_due(settings, spec, outcome.committed.sequence_number)
    return _published(outcome, prepared, clock.seconds)


def check_window(spec: TableSpec, window: Window | None) -> None:
    """Refuse a window for a table without partitions, and none for one that has them."""
    if (window is None) != (spec.partition_column is None):
        kind = "has no partitions" if window else "has partitions"
        raise SettingsError(
            f"{spec.full_name} {kind}, but the window given is {window}",
            "Pass a window if and only if the table is partitioned.",
        )


def _close(attempt: WriteAttempt) -> None:
    # It is published: whatever cannot be tidied now is left to the next sweep.
    with suppress(OSError):
        delete_folder_if_empty(attempt.folder, attempt.io)
        attempt.lease.remove()


def _published(outcome: Outcome, prepared: Prepared, seconds: Mapping[str, float]) -> Published:
    files, committed = prepared.staged.files, outcome.committed
    return Published(
        snapshot_id=committed.snapshot_id,
        publication_id=outcome.publication_id,
        partitions=committed.partitions,
        partition_bytes={
            day: sum(file.bytes for file in files if file.partition == day)
            for day in committed.partitions
        },
        rows=sum(file.rows for file in files),
        bytes=sum(file.bytes for file in files),
        files=len(files),
        seconds=seconds,
        report=prepared.report,
        rows_removed=prepared.change.rows_removed if prepared.change else 0,
        met=outcome.runs,
    )


def _rules_broken(spec: TableSpec, window: Window | None, report: AuditReport) -> RulesBroken:
    lines: list[str] = []
    for result in report.failures():
        if result.rule.severity is not Severity.ERROR:
            continue
        partitions = sorted(str(day) for day, failed in result.failed.items() if failed)
        named = ", ".join(partitions[:5]) + (", ..." if len(partitions) > 5 else "")
        lines.append(
            f"  {result.rule.name}: {sum(result.failed.values())} of "
            f"{sum(result.rows.values())} rows, in {named}; for example "
            f"{_shown(result.sample)}"
        )
    return RulesBroken(
        f"{spec.full_name}, {window or 'whole table'}: {len(lines)} blocking "
        f"{'check' if len(lines) == 1 else 'checks'} failed; what was published stays as it was.\n"
        + "\n".join(lines),
        "Correct the rows at their source, the SQL or the check, and run again.",
        report,
    )


def _shown(sample: Sample) -> str:
    if not sample:
        return "(no sample)"
    return ", ".join(f"{name}={value}" for name, value in sample[0].items())
