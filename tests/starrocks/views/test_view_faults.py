"""A refresh of a view that fails, hangs, is lost or merged: the view ends as its table is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings, strategies as some

from resources.starrocks.client.client import StarRocks
from resources.starrocks.refresh.post_refresh import AfterRefresh, Outcome, after_verified
from resources.starrocks.views.views import create_view
from tests.starrocks.served_lake import (
    WITH_VIEW,
    Serving,
    after,
    day,
    publish,
)

FOREVER = 1_000.0


def test_a_refresh_of_many_task_runs_is_waited_for_to_its_last(serving: Serving) -> None:
    publish(serving.lake, 0, days=70)
    serving.stand_in.run_seconds = 0.1
    serving.refresh(None)
    runs = serving.client.run("SELECT STATE, JOB_ID FROM information_schema.task_runs")
    assert len(runs) == 3 and len({job for _, job in runs}) == 1
    assert serving.view_rows() == serving.lake_rows()


def test_a_refresh_that_fails_is_told_and_mended_the_next_time(serving: Serving) -> None:
    serving.refresh(None)
    publish(serving.lake, 1, rows=3)
    serving.stand_in.faults.fail_run()
    failed = after(serving, 1)
    assert [step.outcome for step in failed.steps] == [Outcome.FAILED]
    assert not failed.is_complete
    assert "told to fail" in str(failed.steps[0].error)

    publish(serving.lake, 2, rows=2)
    assert after(serving, 1, 2).is_complete
    assert serving.view_rows() == serving.lake_rows()


def test_a_new_view_whose_first_refresh_failed_is_filled_by_the_next(serving: Serving) -> None:
    serving.stand_in.faults.fail_run()
    assert not after(serving, 1).is_complete
    assert after(serving, 1).is_complete
    assert serving.view_rows() == serving.lake_rows()


def test_a_refresh_that_takes_too_long_goes_on_and_is_not_asked_for_beside_itself(
    serving: Serving,
) -> None:
    serving.refresh(None)
    publish(serving.lake, 1, rows=3)
    serving.settings = serving.settings.model_copy(update={"starrocks_view_seconds": 0.3})
    serving.stand_in.run_seconds = FOREVER
    assert [after(serving, 1).steps[0].outcome for _ in range(3)] == [Outcome.UNKNOWN] * 3
    assert len(serving.sent("REFRESH MAT")) == 2

    serving.stand_in.run_seconds = 0.0
    serving.settings = serving.stand_in.settings
    assert after(serving, 1).is_complete
    assert serving.view_rows() == serving.lake_rows()


@pytest.mark.parametrize("effect", ["before", "after"])
def test_a_connection_lost_during_the_refresh_leaves_it_to_be_asked_for_again(
    effect: str, serving: Serving
) -> None:
    serving.refresh(None)
    publish(serving.lake, 1, rows=3)
    serving.stand_in.faults.drop(after=effect == "after", matching="REFRESH MAT")
    assert [step.outcome for step in after(serving, 1).steps] == [Outcome.UNKNOWN]
    assert after(serving, 1).is_complete
    assert serving.view_rows() == serving.lake_rows()


@pytest.mark.parametrize("heir_fails", [False, True])
def test_a_refresh_merged_into_anothers_ends_as_that_one_does(
    heir_fails: bool, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two refreshes of the whole view overlap: what the first has left, the second does."""
    monkeypatch.setattr("resources.starrocks.views.view_definition._PARTITIONS_A_TASK_RUN", 2)
    create_view(serving.client, serving.settings, WITH_VIEW)
    serving.stand_in.run_seconds = FOREVER
    ended: list[AfterRefresh] = []
    waiting = threading.Thread(target=lambda: ended.append(after(serving, 1)), daemon=True)
    waiting.start()
    until(lambda: len(serving.sent("REFRESH MAT")) == 1)
    with StarRocks(serving.settings) as other:
        other.run(serving.sent("REFRESH MAT")[0])
    serving.stand_in.run_seconds = 1.0
    runs = "SELECT STATE FROM information_schema.task_runs"
    until(lambda: ("MERGED",) in serving.client.run(runs))
    serving.stand_in.run_seconds = FOREVER
    states = {state for (state,) in serving.client.run(runs)}
    assert {"MERGED", "SUCCESS"} <= states and {"PENDING", "RUNNING"} & states
    waiting.join(timeout=0.5)
    assert not ended
    if heir_fails:
        serving.stand_in.faults.fail_run()
    serving.stand_in.run_seconds = 0.0
    waiting.join(timeout=30)
    assert ended[0].is_complete == (not heir_fails)
    assert (serving.view_rows() == serving.lake_rows()) == (not heir_fails)


def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


FAULTS = ("none", "run fails", "refused", "lost before", "lost after", "late")


PUBLISHES = some.tuples(
    some.integers(0, 9), some.integers(1, 3), some.integers(0, 2), some.sampled_from(FAULTS)
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=some.lists(PUBLISHES, min_size=1, max_size=5))
def test_whatever_fails_the_view_ends_as_the_table_is(
    serving: Serving, steps: list[tuple[int, int, int, str]]
) -> None:
    """What changed is remembered until it is complete, as the ledger does."""
    changed: set[date] = set()
    for first, days, rows, fault in steps:
        publish(serving.lake, first, days, rows)
        changed |= {day(first + number) for number in range(days)}
        patience = strike(serving, fault)
        hurried = serving.settings.model_copy(update={"starrocks_view_seconds": patience})
        done = after_verified(serving.client, hurried, WITH_VIEW, changed)
        serving.stand_in.run_seconds = 0.01
        if done.is_complete:
            changed.clear()
            assert serving.view_rows() == serving.lake_rows()
    serving.stand_in.faults.clear()
    assert after_verified(serving.client, serving.settings, WITH_VIEW, changed).is_complete
    assert serving.view_rows() == serving.lake_rows()


def strike(serving: Serving, fault: str) -> float:
    """Let it happen to the next refresh; how many seconds that one is waited for."""
    faults, refresh = serving.stand_in.faults, "REFRESH MAT"
    if fault == "run fails":
        faults.fail_run()
    elif fault == "refused":
        faults.fail(1064, "no memory", matching=refresh)
    elif fault.startswith("lost"):
        faults.drop(after=fault == "lost after", matching=refresh)
    elif fault == "late":
        serving.stand_in.run_seconds = FOREVER
        return 0.2
    return 30.0
