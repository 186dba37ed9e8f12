"""Waits for the refresh of a view: one job of one or several task runs; each view has one task.

A pending run that continues a job may be MERGED into an equal run of another job, which then does
the work of both. The first run of a job is never merged.
https://docs.starrocks.io/docs/sql-reference/information_schema/task_runs
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import OutcomeUnknown, Retry, StarRocksError

_ENDED = ("SUCCESS", "SKIPPED", "MERGED")
_UNDER_WAY = ("PENDING", "RUNNING")

# What StarRocks compares before it merges two runs: TaskRun.java, MV_COMPARABLE_PROPERTIES.
_WORK = ("PARTITION_START", "PARTITION_END", "PARTITION_VALUES", "FORCE")

# Runs follow one another: what is older than these has ended.
_RUNS_LOOKED_AT = 200
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 3.0

_RUNS = (
    "SELECT QUERY_ID, JOB_ID, STATE, CREATE_TIME, ERROR_MESSAGE, EXTRA_MESSAGE, PROPERTIES "
    "FROM `default_catalog`.`information_schema`.`task_runs` WHERE TASK_NAME = %s "
    f"ORDER BY CREATE_TIME DESC LIMIT {_RUNS_LOOKED_AT}"
)


class RefreshFailed(StarRocksError):
    """StarRocks could not refresh the view. It holds what it held."""

    retry = Retry.YES


@dataclass(frozen=True)
class TaskRun:
    """One run of a view's task. `created` is StarRocks' own text, to the second.

    `goes_on`: another run of its job follows; `work` is what it was asked for.
    """

    query_id: str
    job_id: str
    state: str
    created: str
    error: str = ""
    goes_on: bool = False
    work: tuple[str, ...] = ()


def wait_for_refresh(client: StarRocks, task: str, query_id: str, deadline: float) -> None:
    """Wait until the job that `query_id` began, or the one it was merged into, has succeeded.

    `task` is the name in information_schema.materialized_views, `query_id` the answer to REFRESH
    MATERIALIZED VIEW ... WITH ASYNC MODE, `deadline` a time of time.monotonic().

    Raises:
        RefreshFailed: With what StarRocks says.
        OutcomeUnknown: If the deadline comes first.
    """
    wait = _FIRST_WAIT_SECONDS
    while not has_ended(task_runs(client, task), query_id):
        wait = _pause(wait, deadline, task)


def wait_until_idle(client: StarRocks, task: str, deadline: float) -> list[TaskRun]:
    """Wait until no run of the task is under way; its runs. OutcomeUnknown at the deadline."""
    wait = _FIRST_WAIT_SECONDS
    while True:
        runs = task_runs(client, task)
        if not any(is_under_way(run) for run in runs):
            return runs
        wait = _pause(wait, deadline, task)


def task_runs(client: StarRocks, task: str) -> list[TaskRun]:
    """The task's latest runs, latest first."""
    return [_task_run(row) for row in client.run(_RUNS, (task,))]


def has_ended(runs: Sequence[TaskRun], query_id: str) -> bool:
    """Whether the whole job that `query_id` began has succeeded; RefreshFailed if it cannot."""
    begun = next((run for run in runs if run.query_id == query_id), None)
    if begun is None:
        # The front end that answers may not know of it yet.
        return False
    return _has_ended(runs, _job_of(runs, begun))


def _has_ended(runs: Sequence[TaskRun], job: Sequence[TaskRun]) -> bool:
    """Whether a job has ended, and every job that one of its runs may have been merged into.

    Times are in seconds: which of several it was cannot be known, so all have to end.
    """
    if not _job_has_ended(job):
        return False
    for merged in (run for run in job if run.state == "MERGED"):
        heirs = _heirs(runs, merged)
        others = [each for each in runs if each not in job]
        if not heirs or not all(_has_ended(others, _job_of(others, each)) for each in heirs):
            return False
    return True


def _job_has_ended(job: Sequence[TaskRun]) -> bool:
    for run in job:
        if run.state not in (*_ENDED, *_UNDER_WAY):
            raise RefreshFailed(
                f"A refresh ended as {run.state}: {run.error or 'StarRocks does not say why'}",
                "See what StarRocks lacks; it is asked for again.",
            )
    return not any(is_under_way(run) for run in job) and not all(run.goes_on for run in job)


def was_cut_short(runs: Sequence[TaskRun]) -> bool:
    """Whether the latest job lacks its last run, as after the crash of a front end."""
    own = [run for run in runs if run.state != "MERGED"]
    return bool(own) and all(run.goes_on for run in _job_of(own, own[0]))


def is_under_way(run: TaskRun) -> bool:
    """Whether the run waits or works."""
    return run.state in _UNDER_WAY


def _job_of(runs: Iterable[TaskRun], run: TaskRun) -> list[TaskRun]:
    return [each for each in runs if run.job_id and each.job_id == run.job_id] or [run]


def _heirs(runs: Iterable[TaskRun], merged: TaskRun) -> list[TaskRun]:
    """Runs that it may have been merged into: of the same work, and not older."""
    return [
        each
        for each in runs
        if each.state != "MERGED" and each.work == merged.work and each.created >= merged.created
    ]


def _pause(seconds: float, deadline: float, task: str) -> float:
    """Wait, and say how long to wait the next time."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise OutcomeUnknown(
            f"A refresh, task {task}, has not ended in the time there was",
            "It goes on, and is looked for the next time. Raise LEDGERLAKE_STARROCKS_VIEW_SECONDS "
            "if it always takes longer.",
        )
    time.sleep(min(seconds, left))
    return min(seconds * 2, _LONGEST_WAIT_SECONDS)


def _task_run(row: tuple[Any, ...]) -> TaskRun:
    query_id, job_id, state, created, error, extra, properties = row
    asked = _read(properties)
    return TaskRun(
        query_id=str(query_id),
        job_id=str(job_id or ""),
        state=str(state).upper(),
        created=str(created or ""),
        error=str(error or ""),
        # Of one that was merged another job says how it goes on.
        goes_on=str(state).upper() != "MERGED" and bool(_read(extra).get("nextPartitionStart")),
        work=tuple(str(asked.get(name) or "").lower() for name in _WORK),
    )


def _read(text: object) -> dict[str, object]:
    """The JSON object in the text; empty if it is something else."""
    try:
        said = json.loads(str(text or "{}"))
    except ValueError:
        return {}
    return cast("dict[str, object]", said) if isinstance(said, dict) else {}
