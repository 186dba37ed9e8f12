"""The stand-in fails as it is told to, and every statement is on record with its outcome."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from itertools import pairwise
from pathlib import Path

import pymysql
import pytest

from resources.lake.lake import Lake
from tests.lake.builders import SECOND, order_rows, publish_orders
from tests.starrocks.stand_in.small_lake import COUNT_ORDERS, REFRESH_ORDERS, lake_of_three_orders
from tests.starrocks_stand_in import StandIn, StandInProcess
from tests.starrocks_stand_in.received import UNDER_WAY
from tests.starrocks_stand_in.wire_client import WireClient, connect

LOST = 2013


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Three orders of one day."""
    return lake_of_three_orders(tmp_path / "home")


@pytest.fixture
def stand_in(lake: Lake) -> Generator[StandIn]:
    """Two front ends that have both read the three orders; then a fourth is published."""
    with StandIn.start(lake.settings, front_ends=2) as stand_in:
        assert counts(stand_in) == [3, 3]
        publish_orders(lake, SECOND, order_rows(SECOND, 1))
        yield stand_in


def client_of(stand_in: StandIn | StandInProcess, front_end: int = 0) -> WireClient:
    """A connection of the service user; it ends with the stand-in."""
    return connect(stand_in.ports[front_end], stand_in.user, stand_in.password)


def counts(stand_in: StandIn) -> list[int]:
    """How many orders each front end shows."""
    return [client_of(stand_in, number).value(COUNT_ORDERS) for number in range(2)]


def wait_until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    """Until it is so; never being so fails the test."""
    give_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up, f"not so within {seconds} s"
        time.sleep(0.01)


def outcome_of(stand_in: StandIn | StandInProcess, pattern: str) -> str:
    """What the record says of the last such statement."""
    return stand_in.sent(pattern)[-1].outcome


def test_a_swallowed_refresh_answers_ok_and_changes_nothing(stand_in: StandIn) -> None:
    stand_in.faults.swallow()
    client_of(stand_in).rows(REFRESH_ORDERS)
    assert counts(stand_in) == [3, 3]
    client_of(stand_in).rows(REFRESH_ORDERS)
    assert counts(stand_in) == [4, 4]
    assert [each.outcome for each in stand_in.sent("REFRESH")] == ["ok", "ok"]


def test_a_stale_refresh_shows_later(stand_in: StandIn) -> None:
    stand_in.faults.stale(1.0)
    client_of(stand_in).rows(REFRESH_ORDERS)
    assert counts(stand_in) == [3, 3]
    wait_until(lambda: counts(stand_in) == [4, 4])


def test_5074_means_that_the_front_end_that_was_asked_is_refreshed(stand_in: StandIn) -> None:
    stand_in.stop(1)
    number, text = client_of(stand_in).error(REFRESH_ORDERS)
    assert (number, "refresh external table failed" in text) == (5074, True)
    stand_in.start_again(1)
    assert counts(stand_in) == [4, 4]
    assert outcome_of(stand_in, "REFRESH").startswith("error 5074: ")

    stand_in.faults.fail_refresh()
    assert client_of(stand_in).error(REFRESH_ORDERS)[0] == 5074
    client_of(stand_in).rows(REFRESH_ORDERS)


@pytest.mark.parametrize(("after", "shown"), [(False, [3, 3]), (True, [4, 4])])
def test_a_connection_is_dropped_before_or_after_the_effect(
    stand_in: StandIn, after: bool, shown: list[int]
) -> None:
    stand_in.faults.drop(after=after, matching="REFRESH")
    assert client_of(stand_in).error(REFRESH_ORDERS)[0] == LOST
    assert counts(stand_in) == shown
    when = "after" if after else "before"
    assert outcome_of(stand_in, "REFRESH") == f"connection dropped {when} the effect"


def test_a_client_that_gives_up_does_not_stop_a_slow_refresh(stand_in: StandIn) -> None:
    stand_in.faults.slow(1.0, matching="REFRESH")
    impatient = connect(stand_in.ports[0], stand_in.user, stand_in.password, answer_seconds=0.1)
    assert impatient.error(REFRESH_ORDERS)[0] == LOST
    assert counts(stand_in) == [3, 3]
    wait_until(lambda: counts(stand_in) == [4, 4])


def test_refreshes_of_a_catalog_wait_for_each_other_and_queries_do_not(stand_in: StandIn) -> None:
    stand_in.faults.slow(0.3, matching="REFRESH")
    refreshes = [
        threading.Thread(target=client_of(stand_in).rows, args=(REFRESH_ORDERS,)) for _ in range(3)
    ]
    for each in refreshes:
        each.start()
    wait_until(lambda: len(stand_in.sent("REFRESH")) == 3)
    client_of(stand_in).rows("SELECT 1")
    assert UNDER_WAY in {each.outcome for each in stand_in.sent("REFRESH")}
    for each in refreshes:
        each.join()
    answered = sorted(each.at + (each.seconds or 0.0) for each in stand_in.sent("REFRESH"))
    assert [later - earlier >= 0.29 for earlier, later in pairwise(answered)] == [True, True]


def test_a_dead_front_end_refuses_and_comes_back_with_nothing_cached(stand_in: StandIn) -> None:
    open_connection = client_of(stand_in)
    stand_in.stop()
    assert open_connection.error("SELECT 1")[0] == LOST
    with pytest.raises(pymysql.OperationalError) as refused:
        client_of(stand_in)
    assert refused.value.args[0] == 2003
    stand_in.start_again()
    assert counts(stand_in) == [4, 4]


def test_faults_strike_the_statements_they_are_for_as_often_as_told(stand_in: StandIn) -> None:
    stand_in.faults.fail(1064, "told so", matching="SELECT 2", times=2)
    client = client_of(stand_in)
    assert [client.error("SELECT 2") for _ in range(2)] == [(1064, "told so")] * 2
    assert client.rows("SELECT 2") == [(2,)]
    received = stand_in.sent("SELECT 2")
    assert [each.outcome for each in received] == ["error 1064: told so"] * 2 + ["ok"]
    assert all(each.user == stand_in.user and each.front_end == 0 for each in received)
    assert [each.at for each in received] == sorted(each.at for each in received)


def test_a_process_can_be_killed_and_started_again_and_keeps_its_record(
    lake: Lake, tmp_path: Path
) -> None:
    with StandInProcess.start(lake.settings, tmp_path) as process:
        assert client_of(process).value(COUNT_ORDERS) == 3
        publish_orders(lake, SECOND, order_rows(SECOND, 1))
        process.faults.swallow(times=None)
        client_of(process).rows(REFRESH_ORDERS)
        assert client_of(process).value(COUNT_ORDERS) == 3

        process.faults.clear()
        process.faults.slow(30, matching="REFRESH")
        waiting = threading.Thread(target=client_of(process).error, args=(REFRESH_ORDERS,))
        waiting.start()
        wait_until(lambda: len(process.sent("REFRESH")) == 2)
        process.kill()
        waiting.join()
        assert [each.outcome for each in process.sent("REFRESH")] == ["ok", "under way"]

        process.faults.clear()
        process.start_again()
        assert client_of(process).value(COUNT_ORDERS) == 4
