"""A view holds what its table holds once its refresh is said to be done, whatever happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as some
from pyiceberg.transforms import MonthTransform

from resources.lake.catalog.catalog import open_catalog
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import Refused
from resources.starrocks.refresh.post_refresh import AfterRefresh, Outcome, after_verified
from resources.starrocks.views.served_table import MaterializedView, ServedTable
from resources.starrocks.views.view_definition import view_definition
from resources.starrocks.views.views import ViewChange, create_view
from tests.lake.builders import FIRST, publish_sql
from tests.starrocks.served_lake import (
    SPEC,
    VIEW_NAME,
    WITH_VIEW,
    Serving,
    day,
    new_lake,
    publish,
)
from tests.starrocks_stand_in import StandIn

FOREVER = 1_000.0


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """Three days, one row each, served."""
    lake = new_lake(tmp_path / "home")
    with StandIn.start(lake.settings) as stand_in, StarRocks(stand_in.settings) as client:
        yield Serving(lake, stand_in, stand_in.settings, client)


def after(serving: Serving, *numbers: int) -> AfterRefresh:
    """What follows the verification of these days."""
    changed = {day(number) for number in numbers}
    return after_verified(serving.client, serving.settings, WITH_VIEW, changed)


def test_only_what_changed_is_refreshed_once_the_view_is_filled(serving: Serving) -> None:
    serving.refresh([1])
    assert serving.sent("REFRESH MAT") == [
        f"REFRESH MATERIALIZED VIEW {VIEW_NAME} FORCE WITH ASYNC MODE"
    ]
    assert serving.view_rows() == serving.lake_rows()

    publish(serving.lake, 0, rows=4)
    publish(serving.lake, 1, rows=2)
    publish(serving.lake, 3, rows=2)
    serving.refresh([1, 3])
    assert [each.split(VIEW_NAME)[1] for each in serving.sent("REFRESH MAT")[1:]] == [
        f" PARTITION START ('{day(1)}') END ('{day(2)}') FORCE WITH ASYNC MODE",
        f" PARTITION START ('{day(3)}') END ('{day(4)}') FORCE WITH ASYNC MODE",
    ]
    rows = serving.view_rows()
    assert [row for row in rows if row[2] != FIRST] == [
        row for row in serving.lake_rows() if row[2] != FIRST
    ]
    # The first day was not named, and so not refreshed.
    assert len([row for row in rows if row[2] == FIRST]) == 1
    serving.refresh([0])
    assert serving.view_rows() == serving.lake_rows()


def test_a_day_that_lost_its_rows_loses_them_in_the_view(serving: Serving) -> None:
    serving.refresh(None)
    publish(serving.lake, 1, rows=0)
    serving.refresh([1])
    assert {row[2] for row in serving.view_rows()} == {day(0), day(2)}


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


def test_a_view_whose_table_was_made_anew_is_activated_and_filled(serving: Serving) -> None:
    """StarRocks does not notice before the view's next refresh, which fails."""
    serving.refresh(None)
    open_catalog(serving.lake.settings).drop_table((SPEC.namespace, SPEC.name))
    publish(serving.lake, 5, days=2, rows=2)
    serving.client.run("REFRESH EXTERNAL TABLE `ledgerlake`.`fact`.`dwd_order`")
    active = "SELECT IS_ACTIVE FROM information_schema.materialized_views"
    assert serving.client.run(active) == [("true",)]
    serving.refresh([5])
    assert serving.sent("ALTER MAT") == [f"ALTER MATERIALIZED VIEW {VIEW_NAME} ACTIVE"]
    assert serving.view_rows() == serving.lake_rows()


def test_replicas_are_as_declared_and_not_more_than_back_ends(serving: Serving) -> None:
    """A cluster of one back end has views without any setting, and so has one of three."""
    three = replace(WITH_VIEW, view=MaterializedView(replicas=3))
    step = after_verified(serving.client, serving.settings, three, {FIRST}).steps[0]
    assert step.outcome is Outcome.FAILED
    assert "LEDGERLAKE_STARROCKS_VIEW_REPLICAS" in str(step.error and step.error.next_step)
    for back_ends, served, replicas in ((1, WITH_VIEW, 1), (3, WITH_VIEW, 1), (3, three, 3)):
        serving.stand_in.back_ends = back_ends
        assert create_view(serving.client, serving.settings, served) is not ViewChange.WAITS
        assert f'"replication_num" = "{replicas}"' in serving.sent("CREATE MAT")[-1]
    wide = serving.settings.model_copy(update={"starrocks_view_replicas": 2})
    assert '"replication_num" = "2"' in view_definition(wide, WITH_VIEW).create


def test_a_view_follows_its_contract(serving: Serving) -> None:
    assert create_view(serving.client, serving.settings, WITH_VIEW) is ViewChange.CREATED
    serving.refresh([0])
    assert create_view(serving.client, serving.settings, WITH_VIEW) is ViewChange.NONE
    assert len(serving.sent("CREATE MAT")) == 1

    note = ColumnSpec("note", "VARCHAR", "What was noted.", nullable=True)
    grown = replace(SPEC, columns=(*SPEC.columns[:2], note, SPEC.columns[2]))
    select = f"SELECT 1::BIGINT AS order_id, 2.50 AS pay_amount, 'x' AS note, DATE '{day(1)}' AS dt"
    publish_sql(serving.lake, grown, Window.of_day(day(1)), select)
    serving.client.run("REFRESH EXTERNAL TABLE `ledgerlake`.`fact`.`dwd_order`")
    serving.refresh([1], ServedTable(grown, view=MaterializedView(sort_by=("note",))))
    noted = serving.client.run(f"SELECT dt, note FROM {VIEW_NAME} ORDER BY dt")
    assert noted == [(day(0), None), (day(1), "x"), (day(2), None)]
    assert "ORDER BY (`note`)" in serving.sent("CREATE MAT")[-1]


def test_a_view_waits_for_its_table_to_be_published(serving: Serving) -> None:
    """Setup can be run before anything is in the lake."""
    unpublished = ServedTable(replace(SPEC, name="dwd_later"), view=MaterializedView())
    assert create_view(serving.client, serving.settings, unpublished) is ViewChange.WAITS
    assert serving.sent("CREATE MAT") == []


def test_a_view_of_somebody_else_is_left_alone(serving: Serving) -> None:
    serving.client.run(
        f"CREATE MATERIALIZED VIEW {VIEW_NAME} REFRESH DEFERRED MANUAL "
        'PROPERTIES ("replication_num" = "1") '
        "AS SELECT `order_id` FROM `ledgerlake`.`fact`.`dwd_order`"
    )
    with pytest.raises(Refused, match="which this lake has not made"):
        create_view(serving.client, serving.settings, WITH_VIEW)
    assert serving.sent("DROP MAT") == []


def test_a_table_partitioned_anew_by_another_engine_is_refused(serving: Serving) -> None:
    table = open_catalog(serving.lake.settings).load_table((SPEC.namespace, SPEC.name))
    table.update_spec().add_field("dt", MonthTransform(), "month").commit()
    step = after(serving, 1).steps[0]
    assert step.outcome is Outcome.FAILED
    assert "fact.dwd_order cannot have a view" in str(step.error)
    assert "Make a new table" in str(step.error)
    assert serving.sent("CREATE MAT") == []


def test_a_table_without_steps_or_changes_is_sent_nothing(serving: Serving) -> None:
    assert (
        after_verified(serving.client, serving.settings, ServedTable(SPEC), {FIRST})
        == AfterRefresh()
    )
    assert after(serving).is_complete
    assert serving.sent("") == []


def test_a_table_without_partitions_has_no_view(serving: Serving) -> None:
    whole = replace(SPEC, partition_column=None)
    with pytest.raises(Refused, match="has no partitions"):
        view_definition(serving.settings, ServedTable(whole, view=MaterializedView()))


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
