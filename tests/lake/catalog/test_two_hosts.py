"""Hosts that share a catalog in PostgreSQL publish as the processes of one host do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.context import ForkServerContext

import pytest

from resources.errors import LedgerlakeError, StorageError
from resources.lake.catalog.locks.locks import locks_of
from resources.lake.catalog.locks.session import LockLost
from resources.lake.lake import Lake
from resources.lake.publish import commit
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    files_in_history,
    files_in_snapshot,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.catalog.shared_catalog import end_sessions_with_locks, leases, locks_held
from tests.lake.publish import children
from tests.lake.publish.test_concurrency import run_all
from tests.servers.postgres import PostgresDatabase

WRITERS = 4


def test_writers_of_different_days_all_succeed_from_the_first_commit_on(
    here: Lake, there: Lake, database: PostgresDatabase, processes: ForkServerContext
):
    """The table, its namespace and the catalog's own tables do not exist when they start."""
    barrier = processes.Barrier(WRITERS)
    days = {
        f"run-{writer}": [FIRST + timedelta(days=writer * 3 + number) for number in range(3)]
        for writer in range(WRITERS)
    }
    homes = [here.settings.home, there.settings.home]
    answers = run_all(
        processes,
        children.publish_days,
        [
            (homes[number % 2], barrier, mine, run_id)
            for number, (run_id, mine) in enumerate(days.items())
        ],
    )

    assert answers == [("done", run_id) for run_id in days]
    everything = [row for mine in days.values() for day in mine for row in order_rows(day, 2)]
    assert read(here) == sorted(everything)
    assert len(there.history(ORDERS)) == WRITERS * 3
    assert data_files(here) == files_in_snapshot(here)
    assert leases(database) == []


def test_of_writers_of_the_same_day_exactly_one_wins(
    here: Lake, there: Lake, processes: ForkServerContext
):
    publish_orders(here, FIRST, order_rows(FIRST, 1))
    barrier = processes.Barrier(2)
    homes = [here.settings.home, there.settings.home]
    answers = run_all(
        processes,
        children.race_for_a_day,
        [(home, barrier, FIRST, f"{writer}.00") for writer, home in enumerate(homes, 1)],
    )

    (winner,) = [text for kind, text in answers if kind == "done"]
    (loser,) = [text for kind, text in answers if kind == "PublishConflict"]
    assert f"run run-{winner} published 2026-03-01 first" in loser
    assert read(here) == order_rows(FIRST, 2, winner)
    assert data_files(here) == files_in_history(here)


def test_a_run_that_lives_on_another_host_keeps_its_files(
    here: Lake, there: Lake, database: PostgresDatabase, processes: ForkServerContext
):
    def publish_elsewhere(stage: str) -> None:
        if stage == "auditing":
            (mine,) = leases(database)
            barrier = processes.Barrier(1)
            arguments = (there.settings.home, barrier, [SECOND], "run-there")
            assert run_all(processes, children.publish_days, [arguments]) == [("done", "run-there")]
            assert leases(database) == [mine]

    publish_orders(here, FIRST, order_rows(FIRST, 2), on_stage=publish_elsewhere)

    assert read(here) == sorted([*order_rows(FIRST, 2), *order_rows(SECOND, 2)])


def test_nothing_is_held_once_a_run_is_over(here: Lake, database: PostgresDatabase):
    publish_orders(here, FIRST, order_rows(FIRST, 2))
    with pytest.raises(LedgerlakeError):
        publish_orders(here, FIRST, order_rows(FIRST, 2, "-1.00"))

    assert locks_held(database) == 0
    assert leases(database) == []


@pytest.mark.parametrize("step", ["_refuse_if_overtaken", "_fill"])
def test_a_run_that_lost_its_lock_publishes_nothing(
    here: Lake, there: Lake, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch, step: str
):
    """It lost it under the commit lock, after one of the commit's steps.

    Another host gets the lock and publishes the same day: its rows must stay, and not be doubled.
    """
    publish_orders(here, SECOND, order_rows(SECOND, 1))
    real = getattr(commit, step)

    def lose_the_lock(*arguments: object) -> object:
        monkeypatch.setattr(commit, step, real)
        result = real(*arguments)
        assert end_sessions_with_locks(database) == 1
        with ThreadPoolExecutor(1) as meanwhile:
            meanwhile.submit(publish_orders, there, FIRST, order_rows(FIRST, 2, "2.00")).result()
        return result

    monkeypatch.setattr(commit, step, lose_the_lock)
    with pytest.raises(LedgerlakeError, match="locks it held are gone"):
        publish_orders(here, FIRST, order_rows(FIRST, 3))

    assert read(here) == sorted([*order_rows(FIRST, 2, "2.00"), *order_rows(SECOND, 1)])
    publish_orders(here, SECOND, [])
    assert read(here) == order_rows(FIRST, 2, "2.00")
    assert leases(database) == []
    assert data_files(here) == files_in_history(here)


def test_a_run_whose_session_ended_while_it_staged_publishes_nothing(
    here: Lake, database: PostgresDatabase
):
    """Another host may have taken it for dead and deleted what it staged."""
    publish_orders(here, FIRST, order_rows(FIRST, 1))

    def end_session(stage: str) -> None:
        if stage == "auditing":
            assert end_sessions_with_locks(database) == 1

    with pytest.raises(StorageError, match="nothing was published"):
        publish_orders(here, FIRST, order_rows(FIRST, 3), on_stage=end_session)

    assert read(here) == order_rows(FIRST, 1)
    publish_orders(here, FIRST, order_rows(FIRST, 2))
    assert read(here) == order_rows(FIRST, 2)
    assert leases(database) == []
    assert data_files(here) == files_in_history(here)


def test_a_lock_that_stays_taken_is_an_error_that_says_how_to_find_its_holder(here: Lake):
    def take(seconds: float) -> None:
        with locks_of(here.settings).acquire("fact.dwd_order", seconds):
            pass

    with ThreadPoolExecutor(1) as another_thread:
        with locks_of(here.settings).acquire("fact.dwd_order", 1):
            refused = another_thread.submit(take, 0.1).exception()
        another_thread.submit(take, 0.1).result()

    assert isinstance(refused, StorageError)
    assert "fact.dwd_order was not free" in refused.message
    assert "pg_locks" in str(refused.next_step)


def test_a_lost_session_is_never_replaced_in_silence(here: Lake, database: PostgresDatabase):
    """The library connects anew by itself: the new session would hold none of the locks."""
    with locks_of(here.settings).acquire("fact.dwd_order", 1):
        end_sessions_with_locks(database)
        for _ in range(2):
            with pytest.raises(LockLost):
                locks_of(here.settings).new_lease(ORDERS, {})

    with locks_of(here.settings).acquire("fact.dwd_order", 1):
        assert locks_held(database) == 1
