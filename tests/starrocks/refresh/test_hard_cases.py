"""What a reader of the code found that no single fault shows."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import Unreachable
from resources.starrocks.client.statements import current_snapshot
from resources.starrocks.refresh.post_refresh import AfterRefresh
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.refresh_ledger import State
from resources.starrocks.views.served_table import MaterializedView
from tests.starrocks.refresh.conftest import Steps
from tests.starrocks.scenes import REFRESH, TICK, Clock, Scene


def test_a_table_that_takes_starrocks_down_each_time_starves_no_other(
    two: Scene, clock: Clock, steps: Steps
) -> None:
    """The only front end is away for half a minute whenever it refreshes the first table."""
    down_until, run = clock.now, StarRocks.run

    def failing(self: StarRocks, statement: str, *rest: Any, **named: Any) -> Sequence[Any]:
        nonlocal down_until
        if clock.now < down_until:
            raise Unreachable("nobody there")
        if statement.startswith("REFRESH") and "order_00" in statement:
            down_until = clock.now + timedelta(seconds=30)
            raise Unreachable("lost while it refreshed")
        return run(self, statement, *rest, **named)

    steps.sending(failing)
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    end = clock.now + timedelta(hours=1)
    while two.entry(1).state is not State.VERIFIED:
        assert clock.now < end
        two.work()
        clock.pass_by(TICK)
    assert two.entry(0).state is State.UNREACHABLE


def test_by_hand_starrocks_is_asked_whatever_the_ledger_says(two: Scene, clock: Clock) -> None:
    """Catalog and ledger were restored from one backup, and StarRocks was not."""
    for number in (0, 1):
        two.publish_and_want(number, rows=2)
    two.work_until_well(clock)
    catalog = two.lake.settings.home / "catalog.db"
    shutil.copy(catalog, catalog.with_suffix(".backup"))
    two.publish_and_want(0, rows=5)
    two.work_until_well(clock)
    shutil.copy(catalog.with_suffix(".backup"), catalog)
    (by_hand,) = Refresher(two.settings).refresh(two.tables[:1])
    assert by_hand.is_well
    assert any(each.statement.startswith("REFRESH") for each in by_hand.statements)
    with StarRocks(two.settings) as client:
        published = two.lake.snapshot(two.tables[0].spec).snapshot_id
        assert client.run(current_snapshot(two.name(0))) == [(published,)]


def test_the_lag_counts_from_the_first_publish_that_was_not_shown(two: Scene) -> None:
    two.publish_and_want(0, rows=1)
    two.work()
    two.publish_and_want(0, rows=2)
    time.sleep(1)
    two.publish_and_want(0, rows=3)
    two.work()
    behind = two.entry(0).seconds_behind
    assert behind is not None
    assert behind >= 1


def test_a_view_that_takes_its_time_has_no_second_run_requested(
    two: Scene, clock: Clock, steps: Steps
) -> None:
    requested: list[datetime] = []

    def slow(*_: object) -> AfterRefresh:
        for _ in range(30):
            clock.pass_by(TICK)
            if two.ledger.request({two.name(0)}):
                requested.append(clock.now)
        return AfterRefresh()

    steps.following(slow)
    two.tables = [replace(two.tables[0], view=MaterializedView()), two.tables[1]]
    two.publish_and_want(0, rows=2)
    two.work()
    assert not requested
    assert two.entry(0).followed_snapshot == two.entry(0).verified_snapshot
    assert len(two.stand_in.sent(REFRESH)) == 1
