"""The progress of a run, table by table, from Dagster's events as they happen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagster import DagsterEvent, EventLogEntry

_INTERRUPTED = "DagsterExecutionInterruptedError"
PHASES = ("reading", "staging", "auditing", "publishing")


class State(StrEnum):
    """The state of a table; `TableState.phase` says where a running one is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"


@dataclass(frozen=True)
class CheckState:
    """One check of one table over the whole run. `rows` and `broken` None: it counts no rows."""

    name: str
    passed: bool
    blocking: bool
    broken: int | None = None
    rows: int | None = None


@dataclass
class TableState:
    """One table of the run. Times are seconds since 1970, 0 where there is none yet.

    `met` names the runs that published the same rows meanwhile, in place of this one. `warnings`
    are those of its log, as of files that were not read.
    """

    name: str
    state: State = State.WAITING
    phase: str = ""
    started: float = 0
    ended: float = 0
    rows: int = 0
    bytes: int = 0
    partitions: int = 0
    checks: dict[str, CheckState] = field(default_factory=dict[str, CheckState])
    met: str = ""
    error: str = ""
    next_step: str | None = None
    warnings: list[str] = field(default_factory=list[str])

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to the table in this run."""
        return self.state not in (State.WAITING, State.RUNNING)

    @property
    def failed_checks(self) -> list[CheckState]:
        """Checks that did not pass, blocking ones first."""
        return sorted(
            (check for check in self.checks.values() if not check.passed),
            key=lambda check: (not check.blocking, check.name),
        )

    def seconds(self, now: float) -> float:
        """How long the table took, or has taken by now."""
        return max(0.0, (self.ended or now) - self.started) if self.started else 0.0

    def as_document(self, now: float) -> dict[str, object]:
        """The table for --json."""
        return {
            "table": self.name,
            "state": str(self.state),
            "rows": self.rows,
            "bytes": self.bytes,
            "partitions": self.partitions,
            "seconds": round(self.seconds(now), 3),
            "checks": [vars(check) for check in self.checks.values()],
            "warnings": self.warnings,
            "error": self.error or None,
            "next_step": self.next_step,
        }


class RunState:
    """The tables of one run. `listen` is for Dagster; `on_over` is called once a table."""

    def __init__(
        self, names: Iterable[str], on_over: Callable[[TableState], None] | None = None
    ) -> None:
        self.tables = {name: TableState(name) for name in names}
        self.trouble = ""
        self.stopped = False
        self._now = 0.0
        self._on_over = on_over

    def listen(self, entry: EventLogEntry) -> None:
        """Update the tables from one entry of the run's event log."""
        self._now = entry.timestamp
        event = entry.dagster_event
        table = self.tables.get(entry.step_key or "")
        if event is None:
            if table and entry.user_message in PHASES:
                table.phase = entry.user_message
            elif table and entry.level == logging.WARNING:
                table.warnings.append(entry.user_message)
            return
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            self._check(event)
        elif event.is_step_materialization:
            self._materialized(event)
        elif table and event.is_step_start:
            table.state, table.started, table.phase = State.RUNNING, self._now, "starting"
        elif table and event.is_step_success:
            self._end(table, State.DONE)
        elif event.is_step_failure:
            self._failed(table, event)
        elif event.event_type_value == "PIPELINE_CANCELED":
            self.stopped = True

    def finish(self) -> None:
        """End the tables that never ran: there is no event for each."""
        for table in self.of(State.RUNNING, State.WAITING):
            self._end(table, State.STOPPED if self.stopped else State.SKIPPED)

    def of(self, *states: State) -> list[TableState]:
        """The tables in one of those states, in order."""
        return [table for table in self.tables.values() if table.state in states]

    def as_document(self) -> dict[str, object]:
        """The run for --json."""
        return {
            "stopped": self.stopped,
            "trouble": self.trouble or None,
            "tables": [table.as_document(self._now) for table in self.tables.values()],
        }

    def _end(self, table: TableState, state: State) -> None:
        table.state, table.ended, table.phase = state, self._now, ""
        if self._on_over:
            self._on_over(table)

    def _materialized(self, event: DagsterEvent) -> None:
        materialization = event.step_materialization_data.materialization
        table = self.tables.get(materialization.asset_key.to_user_string())
        if table:
            table.rows += _number(materialization.metadata, "rows") or 0
            table.bytes += _number(materialization.metadata, "bytes") or 0
            table.partitions += 1
            met = materialization.metadata.get("published_meanwhile_by")
            table.met = str(met.value) if met else table.met

    def _check(self, event: DagsterEvent) -> None:
        # A range run has an event for each partition and, last, one for all of them.
        evaluation = event.asset_check_evaluation_data
        table = self.tables.get(evaluation.asset_key.to_user_string())
        if table:
            table.checks[evaluation.check_name] = CheckState(
                name=evaluation.check_name,
                passed=evaluation.passed,
                blocking=evaluation.severity.value == "ERROR",
                broken=_number(evaluation.metadata, "broken"),
                rows=_number(evaluation.metadata, "rows"),
            )

    def _failed(self, table: TableState | None, event: DagsterEvent) -> None:
        message, next_step = _reason(event)
        if _INTERRUPTED in message:
            self.stopped = True  # Dagster makes a failed step of Ctrl-C; finish() settles it
            return
        if table is None:
            self.trouble = f"{event.step_key}: {message}"
            return
        table.error, table.next_step = message, next_step
        self._end(table, State.FAILED)


def _reason(event: DagsterEvent) -> tuple[str, str | None]:
    """The message of a failed step, and its next step if it has one."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        message, _, next_step = data.user_failure_data.description.partition("\nNext step: ")
        return message, next_step or None
    error = data.error
    while error and error.cause:
        error = error.cause
    return (error.message.strip() if error else "the step failed"), None


def _number(metadata: Any, name: str) -> int | None:
    value = metadata.get(name)
    return int(value.value) if value is not None else None
