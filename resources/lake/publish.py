"""Write, audit, publish: nothing half-done or wrong is ever visible."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from resources.errors import AuditFailed, SettingsError
from resources.lake.attempts import Attempt, abandon, open_attempt, sweep_dead_attempts
from resources.lake.audit import AuditReport, audit
from resources.lake.catalog import load_table, table_location
from resources.lake.commit import Committed, commit
from resources.lake.evolution import plan_evolution
from resources.lake.pin import Pin
from resources.lake.proposal import Proposal
from resources.lake.publication import Partition, PublishContext, published_partitions
from resources.lake.staged_rows import Sample
from resources.lake.staging import Staged, stage
from resources.lake.storage_errors import storage_errors
from resources.lake.table_files import delete_folder
from resources.lake.table_spec import Severity, TableSpec
from resources.lake.upkeep import upkeep_if_due
from resources.lake.window import Window
from resources.settings import Settings

OnStage = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """What one publish did. `seconds` has the keys stage, audit and publish.

    `partitions` and `partition_bytes` hold rows and bytes for each partition of the window.
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
    base: Pin | None = None,
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
        PublishConflict: If one of the window's partitions is no longer as in `base`.
        StorageError: If disk, files or catalog fail.
    """
    _check_window(spec, window)
    tell: OnStage = on_stage or (lambda _: None)
    with storage_errors(spec, window):
        table = load_table(settings, spec)
        evolution = plan_evolution(spec, table)
        seen = base.published if base else published_partitions(table.properties if table else {})
        location = table.location() if table else table_location(settings, spec)
        sweep_dead_attempts(settings, spec, location)
        attempt = open_attempt(settings, spec, location, context.run_id, str(window or "all"))
        try:
            clock = _Clock()
            tell("staging")
            staged = stage(
                connection, spec, select_sql, window, attempt.folder, evolution.field_ids
            )
            clock.lap("stage")
            tell("auditing")
            report = audit(connection, spec, staged, window)
            clock.lap("audit")
            if not report.passed:
                raise _rules_broken(spec, window, report)
            tell("publishing")
            proposal = Proposal(
                spec, window, staged, report, evolution.field_ids, seen, context, attempt
            )
            committed = commit(settings, proposal)
            clock.lap("publish")
        except BaseException:
            abandon(attempt)
            raise
        _close(attempt, staged)
    upkeep_if_due(settings, spec, committed.sequence_number)
    return _published(committed, attempt, staged, report, clock.seconds)


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def _check_window(spec: TableSpec, window: Window | None) -> None:
    if (window is None) != (spec.partition_column is None):
        kind = "is replaced whole" if window else "is partitioned"
        raise SettingsError(
            f"{spec.namespace}.{spec.name} {kind}, but the window given is {window}",
            "Give a window exactly for a partitioned table.",
        )


def _close(attempt: Attempt, staged: Staged) -> None:
    # It is published: whatever cannot be tidied now is left to the next sweep.
    with suppress(OSError):
        if not staged.files:
            delete_folder(attempt.folder)
        attempt.marker.remove()


def _published(
    committed: Committed,
    attempt: Attempt,
    staged: Staged,
    report: AuditReport,
    seconds: Mapping[str, float],
) -> Published:
    return Published(
        snapshot_id=committed.snapshot_id,
        publication_id=attempt.id,
        partitions=committed.partitions,
        partition_bytes={
            day: sum(file.bytes for file in staged.files if file.partition == day)
            for day in committed.partitions
        },
        rows=sum(file.rows for file in staged.files),
        bytes=sum(file.bytes for file in staged.files),
        files=len(staged.files),
        seconds=seconds,
        report=report,
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
        f"{spec.namespace}.{spec.name}, {window or 'whole table'}: {len(lines)} blocking "
        f"{'check' if len(lines) == 1 else 'checks'} failed; what was published stays as it was.\n"
        + "\n".join(lines),
        "Correct the rows at their source, the SQL or the check, and run again.",
        report,
    )


def _shown(sample: Sample) -> str:
    if not sample:
        return "(no sample)"
    return ", ".join(f"{name}={value}" for name, value in sample[0].items())
