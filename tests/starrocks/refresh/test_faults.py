"""Whatever goes wrong, each table ends verified at its last snapshot, and nothing goes unrecorded.

The wrongs are told to the stand-in, or done to real processes; the ledger's time is moved by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from resources.starrocks.client.client import UNANSWERED
from resources.starrocks.client.errors import Unreachable
from resources.starrocks.refresh.refresh_ledger import LEASE, State
from resources.starrocks.refresh.status import statuses
from tests.starrocks import children
from tests.starrocks.refresh.conftest import Steps
from tests.starrocks.scenes import REFRESH, TICK, Clock, Scene, scene
from tests.starrocks_stand_in.faults import Faults

OF_FIRST = f"{REFRESH} .*dws_order_00"
# Processes of their own have the real time, which a test's may lag behind.
LEASE_OF_OTHERS = LEASE + timedelta(seconds=60)
ABOUT_FIRST = "dws_order_00"


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        pytest.param(lambda faults: faults.fail_refresh(3, OF_FIRST), State.STALE, id="5074"),
        pytest.param(lambda faults: faults.swallow(OF_FIRST, 3), State.STALE, id="swallowed"),
        pytest.param(lambda faults: faults.stale(0.5, OF_FIRST), State.STALE, id="stale-a-while"),
        pytest.param(
            lambda faults: faults.drop(after=False, matching=OF_FIRST, times=4),
            State.UNREACHABLE,
            id="dropped-before",
        ),
        pytest.param(
            lambda faults: faults.drop(after=True, matching=ABOUT_FIRST, times=4),
            State.UNREACHABLE,
            id="dropped-after",
        ),
        pytest.param(
            lambda faults: faults.slow(0.6, OF_FIRST, 2), State.UNREACHABLE, id="slow-to-refresh"
        ),
        pytest.param(
            lambda faults: faults.slow(0.6, r"dws_order_00\$refs", 2),
            State.UNREACHABLE,
            id="slow-to-show",
        ),
        pytest.param(
            lambda faults: faults.fail(5203, "Access denied", matching=OF_FIRST, times=2),
            State.REFUSED,
            id="denied",
        ),
        pytest.param(
            lambda faults: faults.fail(1064, "table not exists", matching=OF_FIRST),
            State.REFUSED,
            id="not-there",
        ),
    ],
)
def test_one_table_fails_for_a_while_and_holds_back_no_other(
    two: Scene, clock: Clock, fault: Callable[[Faults], object], state: State
) -> None:
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    fault(two.stand_in.faults)

    hasty = two.settings.model_copy(update={"starrocks_answer_seconds": 0.3})
    first, second = two.work(hasty)

    assert first.state is two.entry(0).state is state
    assert not first.is_well
    assert first.problem is not None
    assert two.entry(0).last_error == str(first.problem)
    assert second.is_well
    two.assert_well([1])
    two.work_until_well(clock)
    two.assert_well()


def test_an_error_that_nobody_thought_of_holds_back_no_other(
    two: Scene, clock: Clock, steps: Steps
) -> None:
    """Not even one that is no error of ours."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    real = children.Refresher._refresh  # pyright: ignore[reportPrivateUsage]

    def surprising(refresher: object, served: object, *more: object) -> object:
        if served == two.tables[0]:
            raise ZeroDivisionError("by surprise")
        return real(refresher, served, *more)  # type: ignore[arg-type]

    steps.refreshing(surprising)
    first, second = two.work()
    steps.as_they_are()

    assert "by surprise" in str(first.problem)
    assert second.is_well
    two.work_until_well(clock)
    two.assert_well()


def test_down_for_an_hour_of_publishes(two: Scene, clock: Clock) -> None:
    two.stand_in.stop()
    runs = 0
    for number in range(20):
        two.publish_and_want(number % 2, first=number, rows=2)
        for _ in range(18):
            worked = two.work()
            runs += bool(worked)
            assert all(isinstance(each.problem, Unreachable) for each in worked)
            clock.pass_by(TICK)

    assert 12 <= runs < 60, "it is tried again every five minutes at least, and not at every tick"
    for number in (0, 1):
        entry = two.entry(number)
        assert entry.state is State.UNREACHABLE
        assert entry.last_error is not None
        assert entry.wanted - entry.met == 10
    two.stand_in.start_again()
    two.let_starrocks_look()
    two.work_until_well(clock, longest=timedelta(minutes=6))
    two.assert_well()


def test_a_starrocks_that_is_down_is_asked_once_not_for_each_table(
    tmp_path: Path, clock: Clock
) -> None:
    with scene(tmp_path / "home", 5) as five:
        hasty = five.settings.model_copy(update={"starrocks_answer_seconds": 0.2})
        for number in range(5):
            five.publish_and_want(number, rows=2)
        five.stand_in.faults.slow(1.0)
        began = time.monotonic()
        results = five.work(hasty)
        took = time.monotonic() - began

        assert [each.state for each in results] == [State.UNREACHABLE] * 5
        assert len(five.stand_in.sent(REFRESH)) == 1
        assert took < 4.0, "one refresh and one sign of life were waited for"
        five.stand_in.faults.clear()
        five.work_until_well(clock)
        five.assert_well()


@pytest.mark.parametrize(
    ("said", "struck"),
    [
        pytest.param(
            "Failed to get table fact.x from catalog ledgerlake", "^SELECT .*dws", id="db"
        ),
        pytest.param(
            "Failed to get iceberg table ledgerlake.fact.x. This connection has been closed.",
            "dws",
            id="db-closed",
        ),
        pytest.param(
            "Unable to execute HTTP request: Connect to s3:9000 failed: connect timed out "
            "(SDK Attempt Count: 4)",
            "dws",
            id="s3",
        ),
        pytest.param(None, None, id="no-back-end"),
    ],
)
def test_what_keeps_every_table_back_is_tried_with_one_and_soon_again(
    tmp_path: Path, clock: Clock, said: str | None, struck: str | None
) -> None:
    """StarRocks answers, and the lake's database or files, or its back ends, are away."""
    with scene(tmp_path / "home", 4) as four:
        for number in range(4):
            four.publish_and_want(number, rows=2)
        if said is None or struck is None:
            four.stand_in.back_ends = 0
        else:
            four.stand_in.faults.fail(1064, said, matching=struck, times=None)
        for _ in range(3):
            results = four.work()
            assert [each.state for each in results] == [State.UNREACHABLE] * 4
            clock.pass_by(timedelta(minutes=5))
        assert len(four.stand_in.sent(REFRESH)) == 3
        four.stand_in.faults.clear()
        four.stand_in.back_ends = 1
        four.work_until_well(clock, timedelta(minutes=6))
        four.assert_well()


def test_a_planner_that_takes_too_long_is_asked_again_soon(two: Scene, clock: Clock) -> None:
    """As in a long garbage collection: it says nothing of the statement."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    text = "StarRocks planner use long time 3000 ms in logical phase, This probably because ..."
    two.stand_in.faults.fail(1064, text, matching=r"dws_order_00", times=1)
    assert [each.state for each in two.work()] == [State.UNREACHABLE, State.VERIFIED]
    two.work_until_well(clock, timedelta(minutes=1))
    two.assert_well()


def test_who_may_not_read_is_not_shown_what_was_published(two: Scene) -> None:
    """Metadata tables are told to everybody; a reader sees nothing all the same."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    for grants in two.stand_in.state.privileges.roles.values():
        grants -= {grant for grant in grants if grant.privilege == "SELECT"}
    assert [each.state for each in two.work()] == [State.REFUSED] * 2
    assert all("SELECT privilege" in str(two.entry(number).last_error) for number in (0, 1))
    found = statuses(two.settings, [each.spec for each in two.tables])
    assert [each.state for each in found] == [State.REFUSED] * 2


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("resources.starrocks.client.client.StarRocks.run", id="before-the-refresh"),
        pytest.param(
            "resources.starrocks.refresh.refresh_ledger.Ledger.answered", id="as-it-is-answered"
        ),
        pytest.param("resources.starrocks.refresh.refresh.compare", id="before-comparing"),
        pytest.param(
            "resources.starrocks.refresh.refresh_ledger.Ledger.verified", id="before-it-is-noted"
        ),
        pytest.param(
            "resources.starrocks.refresh.refresh_ledger.Ledger.done", id="before-it-is-done-with"
        ),
    ],
)
def test_killed_at_each_step(
    two: Scene, clock: Clock, processes: ForkServerContext, moment: str
) -> None:
    """A real process, between REFRESH and verification among others."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    two.ledger.request(set(two.names))
    arguments = (two.settings, two.tables, moment)
    process = processes.Process(target=children.refresh_and_die, args=arguments)
    process.start()
    process.join(30)
    assert process.exitcode == -9
    assert two.entry(0).met == 0

    assert two.work() == []
    clock.pass_by(LEASE_OF_OTHERS)
    two.work()
    two.assert_well()


def test_killed_while_a_refresh_is_under_way(
    two: Scene, clock: Clock, processes: ForkServerContext
) -> None:
    """The statement is on record all the same, and the next run does not wait for the dead."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    two.ledger.request(set(two.names))
    slow = two.stand_in.faults.slow(2.0, OF_FIRST, 1)
    process = processes.Process(target=children.refresh, args=(two.settings, two.tables))
    process.start()
    end = time.monotonic() + 30
    while slow.times and time.monotonic() < end:
        time.sleep(0.02)
    process.kill()
    process.join(10)
    (left,) = two.ledger.statements(two.name(0))
    assert left.error == UNANSWERED

    clock.pass_by(LEASE_OF_OTHERS)
    two.work()
    two.assert_well()


def test_killed_between_the_tick_and_its_run(two: Scene, clock: Clock) -> None:
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    assert len(two.ledger.request(set(two.names))) == 2
    two.publish_and_want(0, rows=3)
    assert two.work() == []
    clock.pass_by(LEASE)
    two.work()
    two.assert_well()


def test_one_of_two_front_ends_dies(tmp_path: Path, clock: Clock) -> None:
    """What only the living one has is not said to be shown."""
    with scene(tmp_path / "home", 1, front_ends=2) as one:
        one.publish_and_want(0, rows=2)
        one.stand_in.stop(0)
        (result,) = one.work()
        assert result.state is State.STALE
        one.stand_in.start_again(0)
        one.work_until_well(clock)
        one.assert_well()
