"""Refreshing: until StarRocks is seen to show what is published, whatever comes in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from resources.lake.catalog.catalog import open_catalog
from resources.starrocks.client.client import StarRocks, StatementRecord
from resources.starrocks.client.errors import OutcomeUnknown, Refused
from resources.starrocks.client.statements import current_snapshot
from resources.starrocks.refresh.post_refresh import AfterRefresh, Outcome, Step
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.refresh_ledger import LEASE, State
from resources.starrocks.views.served_table import MaterializedView, WarmUp
from tests.starrocks.refresh.conftest import Steps
from tests.starrocks.scenes import REFRESH, Clock, Scene


def test_each_is_refreshed_and_seen(two: Scene) -> None:
    for number in (0, 1):
        two.publish_and_want(number, rows=number + 2)
    for number, result in enumerate(two.work()):
        assert result.state is State.VERIFIED
        assert result.snapshot == two.lake.snapshot(two.tables[number].spec).snapshot_id
        assert result.seconds_behind is not None
        assert result.work_seconds <= result.seconds_behind
        sent = [each.statement.split()[0] for each in result.statements]
        assert sent == ["REFRESH", "SELECT", "SELECT"]
        assert two.ledger.statements(two.name(number)) == list(result.statements)
    two.assert_well()
    assert two.work() == []


def test_published_and_wanted_while_it_is_refreshed(two: Scene, steps: Steps) -> None:
    """What came in time is verified; what came after is due at once, and nobody waits for it."""
    two.publish_and_want(0, rows=2)
    steps.before_comparing(lambda: two.publish_and_want(0, first=1))
    (result,) = two.work()

    assert result.state is State.VERIFIED
    assert result.snapshot != two.lake.snapshot(two.tables[0].spec).snapshot_id
    two.work()
    two.assert_well([0])


def test_published_just_before_starrocks_looks(two: Scene, steps: Steps) -> None:
    """StarRocks may show a later snapshot than the one that was the latest before the REFRESH."""
    two.publish_and_want(0, rows=2)
    real = StarRocks.run

    def run(client: StarRocks, statement: str, *more: object) -> list[tuple[object, ...]]:
        if statement.startswith("REFRESH"):
            steps.as_they_are()
            two.publish_and_want(0, first=1)
            answer = real(client, statement)
            two.publish_and_want(0, first=2)
            return answer
        return real(client, statement, *more)  # type: ignore[arg-type]

    steps.sending(run)
    (result,) = two.work()
    assert result.state is State.VERIFIED
    two.work()
    two.assert_well([0])
    assert len(two.stand_in.sent(REFRESH)) == 2


def test_a_swallowed_refresh_is_not_taken_for_one_that_came_late(two: Scene, steps: Steps) -> None:
    """Also where the lake has gone on meanwhile."""
    two.publish_and_want(0, rows=2)
    two.stand_in.faults.swallow()
    steps.before_comparing(lambda: two.publish(0, first=1))
    (result,) = two.work()
    assert result.state is State.STALE


def test_published_from_outside_and_refreshed_by_hand(two: Scene) -> None:
    """The ledger knows nothing of the tables before, and everything after."""
    results = list(Refresher(two.settings, "by hand").refresh(two.tables))
    assert all(each.is_well for each in results)
    two.assert_well()
    assert two.work() == []


def test_by_hand_while_starrocks_is_down(two: Scene, clock: Clock) -> None:
    """Nothing can be said of any table; what is not shown is taken up by the sensor."""
    list(Refresher(two.settings).refresh(two.tables))
    two.publish(1, rows=2)
    two.stand_in.stop()
    first, second = Refresher(two.settings).refresh(two.tables)
    assert (first.state, second.state) == (State.UNREACHABLE, State.UNREACHABLE)
    two.stand_in.start_again()
    two.let_starrocks_look()
    two.work_until_well(clock)
    two.assert_well()


def test_a_long_run_keeps_its_tables(two: Scene, clock: Clock, steps: Steps) -> None:
    """Nobody is requested for what it is still to do, however long it has waited."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    requested = two.ledger.request(set(two.names))
    assert len(requested) == 2
    steps.renew_each_time()
    results = Refresher(two.settings).refresh(two.tables)
    clock.pass_by(LEASE - timedelta(seconds=1))
    next(results)
    clock.pass_by(LEASE - timedelta(seconds=1))
    # The second table is kept once the first is done; the run is about to take it.
    assert two.ledger.request(set(two.names)) == []
    assert [each.is_well for each in results] == [True]
    two.assert_well()


def step_taker(outcomes: list[Step]) -> Callable[..., AfterRefresh]:
    """What is told of the steps, each time they are taken; the last is told for good."""
    left = list(outcomes)
    return lambda *_: AfterRefresh((left.pop(0) if len(left) > 1 else left[0],))


DONE = Step("view", Outcome.DONE, 0.0)
FAILED = Step("view", Outcome.FAILED, 0.0, error=Refused("The view cannot be refreshed"))
UNKNOWN = Step("view", Outcome.UNKNOWN, 0.0, error=OutcomeUnknown("No answer came"))


@pytest.mark.parametrize("failure", [FAILED, UNKNOWN], ids=["failed", "unknown"])
def test_a_view_that_fails_is_asked_for_again_and_no_refresh_waits_for_it(
    two: Scene, clock: Clock, steps: Steps, failure: Step
) -> None:
    two.tables[0] = replace(two.tables[0], view=MaterializedView())
    steps.following(step_taker([failure, failure, DONE]))
    two.publish_and_want(0, rows=2)
    (result,) = two.work()
    assert result.is_well
    assert result.problem is failure.error
    assert two.entry(0).state is State.VERIFIED
    assert two.work() == [], "it is waited for"

    two.publish_and_want(0, rows=3)
    (result,) = two.work()
    assert result.snapshot == two.lake.snapshot(two.tables[0].spec).snapshot_id
    assert result.problem is failure.error
    two.work_until_well(clock)
    two.assert_well([0])
    assert len(two.stand_in.sent(REFRESH)) == 2


def test_published_while_a_view_takes_its_time(two: Scene, steps: Steps) -> None:
    """The table is refreshed at once; its view is refreshed again after that."""
    two.tables[0] = replace(two.tables[0], view=MaterializedView())
    seen: list[bool] = []

    def slow(*_: object) -> AfterRefresh:
        if not seen:
            two.publish_and_want(0, rows=3)
            # By another run, which would wait here until this one has done with the view.
            (entry,) = two.ledger.request({two.name(0)})
            _seen, refreshed = Refresher(two.settings)._verify(two.tables[0], None)  # pyright: ignore[reportPrivateUsage]
            seen.append(refreshed.is_well)
            two.ledger.done(entry, has_more=True)
        return AfterRefresh((DONE,))

    steps.following(slow)
    two.publish_and_want(0, rows=2)
    two.work()
    assert seen == [True]
    assert two.entry(0).followed_snapshot != two.entry(0).verified_snapshot
    two.work()
    two.assert_well([0])


def test_steps_are_taken_after_all_tables_are_verified(two: Scene) -> None:
    two.tables[0] = replace(two.tables[0], warm_up=WarmUp(("order_id",), days=2))
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    two.work()
    two.assert_well()
    verbs = [each.statement.split()[0] for each in two.stand_in.sent("^(REFRESH|CACHE)")]
    assert verbs == ["REFRESH", "REFRESH", "CACHE"]


def test_a_table_that_was_made_anew_and_is_empty(two: Scene) -> None:
    """There is no snapshot to be shown: it keeps no other table waiting."""
    list(Refresher(two.settings).refresh(two.tables))
    catalog = open_catalog(two.lake.settings)
    spec = two.tables[0].spec
    schema = catalog.load_table((spec.namespace, spec.name)).schema()
    catalog.drop_table((spec.namespace, spec.name))
    catalog.create_table((spec.namespace, spec.name), schema)
    two.ledger.want([two.name(0)])
    two.publish_and_want(1, rows=2)

    empty, other = two.work()
    assert (empty.is_well, empty.snapshot, other.is_well) == (True, None, True)
    assert two.work() == []


def test_what_is_on_record_holds_no_secret_and_ends_after_30_days(two: Scene, clock: Clock) -> None:
    two.publish_and_want(0, rows=2)
    (result,) = two.work()
    with StarRocks(two.settings) as client:
        assert client.run(current_snapshot(two.name(0))) == [(result.snapshot,)]
    told: list[StatementRecord] = two.ledger.statements()
    password = two.settings.starrocks_password
    assert password is not None
    assert told
    assert password.get_secret_value() not in repr(told)
    two.ledger.forget_old_statements(clock.now)
    assert two.ledger.statements() == told
    clock.pass_by(timedelta(days=30, seconds=5))
    two.ledger.forget_old_statements(clock.now)
    assert two.ledger.statements() == []
