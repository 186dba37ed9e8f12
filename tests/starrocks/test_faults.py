"""Whatever goes wrong, each table ends verified at its last snapshot, and nothing goes unrecorded.

The wrongs are told to the stand-in, or done to real processes; the ledger's time is moved by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from resources.starrocks.client import UNANSWERED
from resources.starrocks.errors import Unreachable
from resources.starrocks.ledger import LEASE, State
from tests.starrocks import children
from tests.starrocks.refresh_kit import REFRESH, TICK, Clock, Scene, clock, scene
from tests.starrocks_stand_in.faults import Faults

__all__ = ["clock"]

OF_FIRST = f"{REFRESH} .*dws_order_00"
# Processes of their own have the real time, which a test's may lag behind.
LEASE_OF_OTHERS = LEASE + timedelta(seconds=60)
ABOUT_FIRST = "dws_order_00"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Scene]:
    """Two tables; StarRocks remembers their first rows."""
    with scene(tmp_path / "home", 2) as two:
        yield two


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
    two: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that is no error of ours."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    with monkeypatch.context() as patch:
        real = children.Refresher._refresh  # pyright: ignore[reportPrivateUsage]

        def surprising(refresher: object, served: object, *more: object) -> object:
            if served == two.tables[0]:
                raise ZeroDivisionError("by surprise")
            return real(refresher, served, *more)  # type: ignore[arg-type]

        patch.setattr("resources.starrocks.refresh.Refresher._refresh", surprising)
        first, second = two.work()

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
    "moment",
    [
        pytest.param("resources.starrocks.client.StarRocks.run", id="before-the-refresh"),
        pytest.param("resources.starrocks.ledger.Ledger.answered", id="as-it-is-answered"),
        pytest.param("resources.starrocks.refresh.look", id="before-looking"),
        pytest.param("resources.starrocks.ledger.Ledger.verified", id="before-it-is-noted"),
        pytest.param("resources.starrocks.ledger.Ledger.done", id="before-it-is-done-with"),
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
