"""Which statements a refresh takes, and when its job has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as some

from resources.starrocks.client.task_runs import RefreshFailed, TaskRun, has_ended, was_cut_short
from resources.starrocks.views.views import ranges_of
from tests.starrocks.served_lake import day


@given(numbers=some.sets(some.integers(0, 60)), most=some.integers(1, 8))
def test_ranges_hold_every_day_in_few_statements(numbers: set[int], most: int) -> None:
    days = {day(number) for number in numbers}
    ranges = ranges_of(days, most)
    held = [
        start + timedelta(days=number)
        for start, end in ranges
        for number in range((end - start).days)
    ]
    assert days <= set(held) and held == sorted(set(held))
    assert len(ranges) <= most
    single = sum(each - timedelta(days=1) not in days for each in days)
    if single <= most:
        assert (set(held), len(ranges)) == (days, single)


@given(
    states=some.lists(
        some.sampled_from(["PENDING", "RUNNING", "SUCCESS", "SKIPPED", "FAILED", "CANCELED"]),
        min_size=1,
        max_size=4,
    ),
    last_is_known=some.booleans(),
    others=some.lists(some.sampled_from(["PENDING", "FAILED", "MERGED"]), max_size=2),
)
def test_a_job_has_ended_when_its_last_run_has(
    states: list[str], last_is_known: bool, others: list[str]
) -> None:
    """Runs of other jobs do not count, nor does a run that says another one follows."""
    job = [
        TaskRun(f"q{number}", "job", state, f"t{number}", goes_on=number < len(states) - 1)
        for number, state in enumerate(states)
    ]
    job = job if last_is_known or len(job) == 1 else job[:-1]
    runs = [*job] + [
        TaskRun(f"other{number}", f"other{number}", state, f"t{number}", work=("another day",))
        for number, state in enumerate(others)
    ]
    if {run.state for run in job} & {"FAILED", "CANCELED"}:
        with pytest.raises(RefreshFailed):
            has_ended(runs, "q0")
        return
    done = all(run.state in ("SUCCESS", "SKIPPED") for run in job)
    assert has_ended(runs, "q0") == (done and not job[-1].goes_on)
    assert not has_ended(runs, "q of no run")
    assert was_cut_short(job[::-1]) == job[-1].goes_on


def merged_job(heir: str | None, heir_goes_on: bool = False) -> list[TaskRun]:
    """A job whose second run was merged into one of another job."""
    left = ("2026-01-01", "2026-01-31", "", "true")
    runs = [
        TaskRun("q1", "one", "SUCCESS", "12:00:00", goes_on=True, work=("", "", "", "true")),
        TaskRun("q1b", "one", "MERGED", "12:00:05", work=left),
        TaskRun("q2", "two", "SUCCESS", "12:00:02", goes_on=True, work=("", "", "", "true")),
    ]
    if heir is not None:
        runs.append(TaskRun("q2b", "two", heir, "12:00:05", goes_on=heir_goes_on, work=left))
    return runs[::-1]


@pytest.mark.parametrize(
    ("heir", "goes_on", "ended"),
    [
        (None, False, False),
        ("PENDING", False, False),
        ("RUNNING", False, False),
        ("SUCCESS", True, False),
        ("SUCCESS", False, True),
    ],
)
def test_a_job_whose_run_was_merged_ends_with_the_job_that_took_it_over(
    heir: str | None, goes_on: bool, ended: bool
) -> None:
    assert has_ended(merged_job(heir, goes_on), "q1") == ended


def test_a_job_whose_heir_fails_has_failed() -> None:
    with pytest.raises(RefreshFailed):
        has_ended(merged_job("FAILED"), "q1")


def test_runs_that_are_merged_one_into_the_other_are_followed_to_the_last() -> None:
    left = ("a", "b", "", "true")
    runs = [
        TaskRun("q1", "one", "SUCCESS", "t1", goes_on=True),
        TaskRun("q1b", "one", "MERGED", "t4", work=left),
        TaskRun("q2", "two", "SUCCESS", "t2", goes_on=True),
        TaskRun("q2b", "two", "MERGED", "t4", work=left),
        TaskRun("q3", "", "PENDING", "t3"),
    ]
    assert not has_ended(runs, "q1")
    heir = TaskRun("q3b", "three", "RUNNING", "t4", work=left)
    assert not has_ended([*runs, heir], "q1")
    assert has_ended([*runs, replace(heir, state="SUCCESS")], "q1")
