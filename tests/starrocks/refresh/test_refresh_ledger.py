"""Whoever does what in whatever order: in the end StarRocks shows all that is published."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as some

from resources.settings import Settings
from resources.starrocks.client.errors import Denied, Unreachable
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.ledger_schema import REFRESHES, STATEMENTS, ledger_engine
from resources.starrocks.refresh.refresh_ledger import LEASE, Ledger, State
from resources.starrocks.views.served_table import MaterializedView
from tests.servers.postgres import PostgresDatabase
from tests.starrocks.refresh.interleaving import Process, World, stepped
from tests.starrocks.scenes import TICK, Clock, served_tables

TABLE, OTHER = (TableName("ledgerlake", "ads", name) for name in ("ads_one", "ads_other"))
PLAIN, VIEWED = served_tables(2)
TABLES = [PLAIN, replace(VIEWED, view=MaterializedView())]
NAMES = [each.name for each in TABLES]

# A tick and its run of two tables take some forty steps; so much goes right between troubles.
KINDS = {"step": 4, "until": 8, "publish": 6, "kill": 1, "wait": 2, "down": 1, "swallow": 1}
PLACES = ["entry", "compare", "answer", "verified", "done", "failed", "steps", "followed"]
ARGUMENTS: dict[str, tuple[some.SearchStrategy[object], ...]] = {
    "step": (some.integers(0, 1), some.integers(1, 40)),
    "until": (some.integers(0, 1), some.sampled_from(PLACES)),
    "publish": (some.sampled_from(NAMES), some.sampled_from(["told", "noted", "noted", "untold"])),
    "kill": (some.integers(0, 1),),
    "wait": (some.sampled_from([TICK, LEASE, LEASE]),),
    "down": (some.integers(1, 3),),
    "swallow": (some.integers(1, 2),),
}


@some.composite
def an_action(draw: some.DrawFn) -> tuple[object, ...]:
    """What happens next."""
    kind = draw(some.sampled_from([each for each, weight in KINDS.items() for _ in range(weight)]))
    return (kind, *(draw(argument) for argument in ARGUMENTS[kind]))


ACTIONS = some.lists(an_action(), min_size=20, max_size=50)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def play(lake: Settings, clock: Clock, actions: list[tuple[object, ...]]) -> None:
    """Two daemons step as they are told; then all works, and one of them is left."""
    with ledger_engine(lake).begin() as connection:
        connection.execute(REFRESHES.delete())
        connection.execute(STATEMENTS.delete())
    world = World(lake, TABLES, clock)
    with stepped(world), ExitStack() as stack:

        def started() -> Process:
            def work() -> None:
                while True:
                    Process.stop_here()
                    world.tick_and_run()

            process = Process(work)
            stack.callback(process.kill)
            return process

        daemons = [started(), started()]
        for action in actions:
            match action:
                case ("step", int(number), int(times)):
                    for _ in range(times):
                        daemons[number].step()
                        assert daemons[number].error is None
                        world.check()
                case ("until", int(number), str(place)):
                    daemon = daemons[number]
                    for _ in range(50):
                        daemon.step()
                        if daemon.place == place:
                            break
                    assert daemon.error is None
                    world.check()
                case ("publish", str(table), told):
                    world.publish(table, is_told=told != "untold")
                    if told == "noted":
                        # A third daemon has just ticked.
                        world.note()
                case ("kill", int(number)):
                    daemons[number].kill()
                    daemons[number] = started()
                case ("wait", timedelta() as time):
                    clock.pass_by(time)
                case ("down", int(times)):
                    world.failures = times
                case ("swallow", int(times)):
                    world.swallows = times
                case _:
                    raise AssertionError(action)
        for each in daemons:
            each.kill()
        world.failures = world.swallows = 0
        for _ in range(4):
            clock.pass_by(timedelta(minutes=6))
            world.reconcile()
            world.tick_and_run()
            world.check()
        world.check_at_the_end()


@given(actions=ACTIONS)
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_interleaving_ends_verified(
    home: Path, clock: Clock, actions: list[tuple[object, ...]]
) -> None:
    play(Settings(home=home), clock, actions)


def test_the_same_on_postgresql(home: Path, clock: Clock, postgres: PostgresDatabase) -> None:
    database = postgres.new_database()
    lake = Settings.model_validate({"home": home, **database.settings()})

    @given(actions=ACTIONS)
    @settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
    def on_postgresql(actions: list[tuple[object, ...]]) -> None:
        play(lake, clock, actions)

    on_postgresql()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty one."""
    return Ledger(Settings(home=tmp_path))


def test_what_is_wanted_is_due_until_it_is_done_with(ledger: Ledger, clock: Clock) -> None:
    ledger.want([TABLE, TABLE, OTHER])
    assert [each.table for each in ledger.request({TABLE})] == [TABLE]
    seen = ledger.entry(TABLE)
    ledger.want([TABLE])
    ledger.done(seen)

    assert [each.table for each in ledger.request({TABLE, OTHER})] == [TABLE, OTHER]
    assert ledger.entry(TABLE).wanted_since is not None
    ledger.done(ledger.entry(TABLE))
    assert ledger.entry(TABLE).wanted_since is None
    # One that began earlier ends later.
    ledger.done(seen)
    assert ledger.entry(TABLE).met == 2
    clock.pass_by(LEASE)
    assert [each.table for each in ledger.request({TABLE, OTHER})] == [OTHER]


def test_each_failure_waits_longer_and_success_ends_that(ledger: Ledger, clock: Clock) -> None:
    def waits(error: Unreachable | Denied) -> float:
        ledger.failed(TABLE, error, State.UNREACHABLE)
        at = ledger.entry(TABLE).next_attempt_at
        assert at is not None
        return (at - clock.now).total_seconds()

    ledger.want([TABLE])
    assert [waits(Unreachable("gone")) for _ in range(8)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert waits(Denied("no")) == 600
    ledger.want([TABLE])
    assert ledger.request({TABLE}) == [], "another publish does not ask a dead server sooner"
    ledger.done(ledger.entry(TABLE))
    ledger.want([TABLE])
    assert waits(Unreachable("gone")) == 5


def test_ledgers_of_two_lakes_in_one_database(tmp_path: Path, postgres: PostgresDatabase) -> None:
    database = postgres.new_database()
    first, second = (
        Ledger(Settings.model_validate(
            {"home": tmp_path, "catalog_name": name, **database.settings()}
        ))
        for name in ("first", "second")
    )  # fmt: skip
    first.want([replace(TABLE, catalog="first")])
    second.want([replace(TABLE, catalog="second")])
    assert [each.catalog for each in first.entries()] == ["first"]
    assert [each.catalog for each in second.entries()] == ["second"]
