"""Materialized views: copies of rows, partition by partition, refreshed by task runs.

A refresh is a job of one or more task runs, one after another, the latest partitions first. Time
decides what state a run is in; it is worked out whenever somebody looks.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.starrocks_stand_in.cluster.state import State
from tests.starrocks_stand_in.engine import Relation
from tests.starrocks_stand_in.errors import SqlError, refused, unknown_database, unknown_table
from tests.starrocks_stand_in.names import Address, ClientSession

PENDING, RUNNING, SUCCESS, FAILED, MERGED = "PENDING", "RUNNING", "SUCCESS", "FAILED", "MERGED"


@dataclass
class Job:
    """One REFRESH MATERIALIZED VIEW. `chosen` None: every partition in the range."""

    number: str
    force: bool
    start: str | None
    end: str | None
    chosen: tuple[str, ...] | None
    sync: bool


@dataclass
class TaskRun:
    """One step of a job. Times are seconds since the epoch."""

    job: Job
    created_at: float
    remaining: list[str] | None = None
    """Partitions of the job that are not done yet; None: not worked out yet."""
    is_first: bool = True
    """Whether a statement asked for it; the others follow one of their job."""
    query_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = PENDING
    started_at: float | None = None
    finished_at: float | None = None
    partitions: list[str] = field(default_factory=list[str])
    error: str | None = None

    @property
    def range(self) -> tuple[str | None, str | None]:
        """What it was asked for: its job's range, or what its job had left."""
        if self.is_first or not self.remaining:
            return self.job.start, self.job.end
        return min(self.remaining), max(self.remaining)

    def same_work(self, other: TaskRun) -> bool:
        """Whether one of the two need not be done."""
        return (self.range, self.job.force, self.job.chosen) == (
            other.range,
            other.job.force,
            other.job.chosen,
        )

    def extra_message(self) -> str:
        """As task_runs shows it."""
        has_worked = self.state not in (PENDING, MERGED)
        left = sorted((self.remaining or [])[len(self.partitions) :]) if has_worked else []
        return json.dumps(
            {
                "forceRefresh": self.job.force,
                "partitionStart": self.job.start,
                "partitionEnd": self.job.end,
                "mvPartitionsToRefresh": self.partitions,
                "nextPartitionStart": left[0] if left else None,
                "nextPartitionEnd": left[-1] if left else None,
            }
        )

    def properties(self, view: View) -> str:
        """As task_runs shows it."""
        start, end = self.range
        shown = {"mvId": str(view.number), "FORCE": str(self.job.force).lower()}
        shown["warehouse"] = "default_warehouse"
        if start is not None and end is not None:
            shown |= {"PARTITION_START": start, "PARTITION_END": end}
        if not self.is_first:
            shown["START_TASK_RUN_ID"] = self.job.number
        return json.dumps(shown)


@dataclass
class View:
    """A view, as CREATE MATERIALIZED VIEW said, and the rows it holds in the engine."""

    number: int
    address: Address
    columns: list[str]
    partition_column: str | None
    query: str
    definition: str
    comment: str
    refresh_type: str
    runs_of: int
    creator: str
    bases: dict[Address, str]
    """The tables it is made of, each with the identity it had then."""
    inactive_reason: str | None = None
    runs: list[TaskRun] = field(default_factory=list[TaskRun])
    seen: dict[str, object] = field(default_factory=dict[str, object])
    """Each partition with the state of the base that it was last refreshed from."""

    @property
    def task_name(self) -> str:
        """The name of the task that refreshes it."""
        return f"mv-{self.number}"

    @property
    def stored_as(self) -> str:
        """The engine's table."""
        return f"view_{self.number}"


class Views:
    """All views of the cluster, brought up to now before anybody looks."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._views: dict[Address, View] = {}
        self.resolve: Callable[[ClientSession, tuple[str, ...]], Relation] | None = None

    def add(self, view: View) -> None:
        """A new view, empty."""
        self._views[view.address] = view
        self._store(view, None)

    def remove(self, address: Address) -> None:
        """Drop a view with its rows."""
        view = self._views.pop(address)
        self._state.engine.drop(view.stored_as)

    def find(self, address: Address) -> View | None:
        """The view of that name."""
        return self._views.get(address)

    def get(self, address: Address) -> View:
        """The view of that name, up to date; an error if there is none."""
        if address not in self._views:
            if address[1] not in self._state.databases:
                raise unknown_database(address[1])
            raise unknown_table(address[2])
        self._advance(self._views[address])
        return self._views[address]

    def all(self) -> list[View]:
        """Every view, up to date."""
        for view in self._views.values():
            self._advance(view)
        return list(self._views.values())

    def relation(self, session: ClientSession, address: Address) -> Relation:
        """The rows a view holds, whether or not it is active."""
        view = self.get(address)
        self._state.check(session, ["SELECT"], "MATERIALIZED VIEW", address)
        return f'SELECT * FROM "{view.stored_as}"'

    def identity(self, address: Address) -> str | None:
        """What tells a table from a later one of the same name, as the leader sees it."""
        catalog = self._state.catalogs.get(address[0])
        found = self._state.cache.read(0, catalog, address) if catalog else None
        return None if found is None else str(found.table.metadata.table_uuid)

    def submit(self, view: View, job: Job) -> TaskRun:
        """Ask for a refresh, beside whatever waits already."""
        run = TaskRun(job, time.time())
        view.runs.append(run)
        return run

    def _go_on(self, view: View, run: TaskRun) -> None:
        """The next run of the job. One of another job that waits for the same is merged into it."""
        left, now = (run.remaining or [])[len(run.partitions) :], run.finished_at or time.time()
        if not left:
            return
        following = TaskRun(run.job, now, left, is_first=False)
        for other in view.runs:
            if other.state != PENDING or other.is_first or other.job.sync or run.job.sync:
                continue
            if other.same_work(following):
                other.state, other.finished_at = MERGED, now
                following.created_at = min(following.created_at, other.created_at)
        view.runs.append(following)

    def is_done(self, view: View, job: Job) -> bool:
        """Whether no run of the job is to come."""
        self._advance(view)
        return all(r.state not in (PENDING, RUNNING) for r in view.runs if r.job is job)

    def _advance(self, view: View) -> None:
        """Work out what has happened until now."""
        while self._step(view, time.time()):
            pass

    def _step(self, view: View, now: float) -> bool:
        wait = self._state.run_seconds
        running = next((run for run in view.runs if run.state == RUNNING), None)
        if running is not None:
            finished_at = (running.started_at or 0.0) + wait
            if now < finished_at:
                return False
            self._finish(view, running, finished_at)
            return True
        pending = next((run for run in view.runs if run.state == PENDING), None)
        if pending is None or now < pending.created_at + wait:
            return False
        before = [run.finished_at or 0.0 for run in view.runs if run.state in (SUCCESS, FAILED)]
        pending.state = RUNNING
        pending.started_at = max([pending.created_at + wait, *before])
        return True

    def _finish(self, view: View, run: TaskRun, finished_at: float) -> None:
        run.finished_at = finished_at
        try:
            self._refresh(view, run)
        except SqlError as error:
            run.state, run.error = FAILED, error.text
            return
        run.state = SUCCESS
        self._go_on(view, run)

    def _refresh(self, view: View, run: TaskRun) -> None:
        if reason := self._state.faults.run_fails(view.address[2]):
            raise refused(reason)
        # The refresh of a view refreshes its base tables first, on the leader only.
        for address in view.bases:
            self._state.cache.refresh(0, self._state.catalog(address[0]), address)
        self._check_bases(view)
        if view.partition_column is None:
            self._store(view, "true")
            return
        states = self._base_states(view)
        if run.remaining is None:
            run.remaining = self._wanted(view, run.job, states)
        run.partitions = run.remaining[: view.runs_of]
        for partition in run.partitions:
            self._store(view, f"CAST(\"{view.partition_column}\" AS VARCHAR) = '{partition}'")
            view.seen[partition] = states.get(partition)

    def _wanted(self, view: View, job: Job, states: dict[str, object]) -> list[str]:
        """The partitions of the job, latest first: those there are now and those that were."""
        wanted = sorted({*states, *view.seen}, reverse=True)
        if job.chosen is not None:
            wanted = [each for each in wanted if each in job.chosen]
        if job.start is not None and job.end is not None:
            wanted = [each for each in wanted if job.start <= each < job.end]
        if job.force:
            return wanted
        return [each for each in wanted if view.seen.get(each) != states.get(each)]

    def _base_states(self, view: View) -> dict[str, object]:
        """Each partition of the base with the files that it is made of."""
        states: dict[str, set[str]] = {}
        for address in view.bases:
            found = self._state.cache.read(0, self._state.catalog(address[0]), address)
            for partition, path in found.partition_files() if found else ():
                states.setdefault(partition, set()).add(path)
        return {partition: frozenset(paths) for partition, paths in states.items()}

    def _check_bases(self, view: View) -> None:
        for address, identity in view.bases.items():
            found = self.identity(address)
            if found == identity:
                continue
            if found is None:
                view.inactive_reason = f"base-table dropped: {address[2]}"
                raise refused(view.inactive_reason)
            view.inactive_reason = f"base-table changed: {address[2]}"
            raise refused(
                f"base table {address[2]} was recreated but its table type is not supported for "
                "automatic meta repair, the view needs to be activated"
            )

    def _store(self, view: View, where: str | None) -> None:
        resolve = self.resolve
        assert resolve is not None, "set when the cluster is put together"
        leader = ClientSession(0, "root")
        names = ", ".join(f"`{column}`" for column in view.columns)
        query = f"SELECT * FROM ({view.query}) AS `rows`({names})"
        self._state.engine.store(view.stored_as, query, lambda parts: resolve(leader, parts), where)

    def row_count(self, view: View) -> int:
        """How many rows it holds."""
        return self._state.engine.count(view.stored_as)
