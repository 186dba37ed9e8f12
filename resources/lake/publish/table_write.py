"""One write to a table, from its lease to its commit: prepared, audited, committed or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from resources.errors import AuditFailed, SettingsError
from resources.lake.audit.audit import AuditReport
from resources.lake.catalog.catalog import load_table, table_location
from resources.lake.catalog.lake_identity import require_own_lake
from resources.lake.maintenance.maintenance import maintain_if_due
from resources.lake.model.publication_record import Partition, PublishContext
from resources.lake.model.table_spec import Severity, TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.change_detection import DetectedChanges
from resources.lake.publish.concurrent_publish import Compare, Outcome, commit_or_meet
from resources.lake.publish.staged_commit import Change, StagedCommit, no_condition
from resources.lake.read.table_snapshot import TableSnapshot, snapshot_of
from resources.lake.schema.evolution import Evolution, plan_evolution
from resources.lake.storage.storage_errors import storage_errors
from resources.lake.storage.table_files import delete_folder_if_empty
from resources.lake.write.staged_rows import Sample
from resources.lake.write.staging import Staged
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
    """Seconds of each stage, which is reported as it begins."""

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


@dataclass(frozen=True)
class TableWrite:
    """One write to a table that is under way.

    `base` is the table as it was when the lease was taken, unless an earlier look was given. Until
    the write is over, maintenance rewrites no files of it. `evolution` follows the contract.
    `condition` is called under the table's lock, and raises where nothing may be committed.
    """

    settings: Settings
    spec: TableSpec
    window: Window | None
    base: TableSnapshot
    evolution: Evolution
    attempt: WriteAttempt
    condition: Callable[[], None] = no_condition

    def commit(
        self,
        context: PublishContext,
        on_stage: OnStage | None,
        prepare: Callable[[Clock], Prepared],
    ) -> Published:
        """Prepare, and commit what passed its audit: all of it, or nothing.

        Raises:
            RulesBroken: If rows broke a blocking check.
            PublishConflict: If another run published other rows first.
            StorageError: If disk, files or catalog fail.
        """
        with storage_errors(self.spec, self.window):
            self.attempt.make_folder()
            clock = Clock(on_stage)
            clock.next("staging")
            prepared = prepare(clock)
            if not prepared.report.passed:
                raise _rules_broken(self.spec, self.window, prepared.report)
            clock.next("publishing")
            staged_commit = StagedCommit(
                self.spec,
                self.window,
                prepared.staged,
                prepared.report,
                self.evolution.field_ids,
                self.base.published,
                context,
                self.attempt,
                prepared.change,
                prepared.changes,
                self.condition,
            )
            outcome = commit_or_meet(self.settings, staged_commit, prepared.compare)
            clock.next(None)
            if not outcome.runs:
                _close(self.attempt)
        if not outcome.runs:
            maintain_if_due(self.settings, self.spec, outcome.committed.sequence_number)
        return _published(outcome, prepared, clock.seconds)


@contextmanager
def table_write(
    settings: Settings,
    spec: TableSpec,
    window: Window | None,
    run_id: str,
    base: TableSnapshot | None = None,
) -> Generator[TableWrite]:
    """A write to the table, to be committed in the block; what it leaves otherwise is deleted.

    Args:
        settings: Where the lake is.
        spec: The table; made if it does not exist, changed if the contract has changed.
        window: The partitions to write; None exactly for a table that is replaced whole.
        run_id: The run.
        base: The table as the run saw it first; by default as it is now.

    Raises:
        SchemaChangeRefused: If the table cannot follow its contract.
        SettingsError: If the window does not go with the table.
        StorageError: If the files or the catalog fail.
    """
    _check_window(spec, window)
    with storage_errors(spec, window):
        require_own_lake(settings)
        place = (base.location if base else None) or table_location(settings, spec)
        attempt = open_attempt(settings, spec, place, run_id, str(window or "all"))
    try:
        with storage_errors(spec, window):
            if base is None:
                base = snapshot_of(spec, load_table(settings, spec))
            attempt.table_location = base.location or place
            evolution = plan_evolution(spec, base.table)
            sweep_dead_attempts(settings, spec, attempt.table_location)
        yield TableWrite(settings, spec, window, base, evolution, attempt)
    finally:
        abandon(attempt)


def _check_window(spec: TableSpec, window: Window | None) -> None:
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
        attempt.close()


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
        f"{spec.where(window)}: {len(lines)} blocking "
        f"{'check' if len(lines) == 1 else 'checks'} failed; what was published stays as it was.\n"
        + "\n".join(lines),
        "Correct the rows at their source, the SQL or the check, and run again.",
        report,
    )


def _shown(sample: Sample) -> str:
    if not sample:
        return "(no sample)"
    return ", ".join(f"{name}={value}" for name, value in sample[0].items())
