"""What readers ask for every morning is in StarRocks' cache before they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as some

from resources.starrocks.client.client import StarRocks
from resources.starrocks.refresh.post_refresh import Outcome, after_verified, hot_partitions
from resources.starrocks.views.served_table import MaterializedView, ServedTable, WarmUp
from tests.lake.builders import CITIES, FIRST, publish_sql
from tests.starrocks.served_lake import SPEC, WITH_WARM_UP, Serving, day, new_lake
from tests.starrocks_stand_in import StandIn

TABLE = "`ledgerlake`.`fact`.`dwd_order`"


@pytest.fixture(scope="module")
def module_serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Five days, one row each, served."""
    lake = new_lake(tmp_path_factory.mktemp("lake") / "home", days=5)
    with StandIn.start(lake.settings) as stand_in, StarRocks(stand_in.settings) as client:
        yield Serving(lake, stand_in, stand_in.settings, client)


@pytest.fixture
def serving(module_serving: Serving) -> Serving:
    """The same, with nothing going wrong."""
    module_serving.stand_in.faults.clear()
    return module_serving


def warmed(serving: Serving, served: ServedTable, changed: set[date] | None) -> list[str]:
    """What is sent when these days have changed."""
    before = len(serving.sent("CACHE"))
    done = after_verified(serving.client, serving.settings, served, changed)
    assert done.is_complete
    assert [step.name for step in done.steps] == ([] if changed == set() else ["warm-up"])
    return serving.sent("CACHE")[before:]


def test_the_changed_days_among_the_latest_are_read(serving: Serving) -> None:
    assert warmed(serving, WITH_WARM_UP, {day(0), day(3), day(4)}) == [
        f"CACHE SELECT `order_id`, `pay_amount` FROM {TABLE} WHERE `dt` IN ('{day(3)}', '{day(4)}')"
    ]
    assert warmed(serving, WITH_WARM_UP, {FIRST}) == []
    assert warmed(serving, WITH_WARM_UP, set()) == []
    assert warmed(serving, WITH_WARM_UP, None)[0].endswith(
        f"IN ('{day(2)}', '{day(3)}', '{day(4)}')"
    )


def test_a_table_without_partitions_is_read_whole(serving: Serving) -> None:
    publish_sql(serving.lake, CITIES, None, "SELECT 1::BIGINT AS city_id, 'Lima' AS city_name")
    cities = ServedTable(replace(CITIES, served=True), warm_up=WarmUp(("city_name",), days=7))
    assert warmed(serving, cities, None) == [
        "CACHE SELECT `city_name` FROM `ledgerlake`.`dim`.`dim_city`"
    ]


def test_a_warm_up_that_fails_keeps_the_view_from_nothing(serving: Serving) -> None:
    both = ServedTable(SPEC, view=MaterializedView(), warm_up=WITH_WARM_UP.warm_up)
    serving.stand_in.faults.fail(1064, "Datacache is not enabled", matching="CACHE")
    done = after_verified(serving.client, serving.settings, both, None)
    assert [(step.name, step.outcome) for step in done.steps] == [
        ("warm-up", Outcome.FAILED),
        ("view", Outcome.DONE),
    ]
    assert "Datacache is not enabled" in str(done.steps[0].error)
    assert not done.is_complete
    assert serving.view_rows() == serving.lake_rows()


def test_a_warm_up_without_an_answer_is_asked_for_again(serving: Serving) -> None:
    serving.stand_in.faults.slow(1, matching="CACHE", times=1)
    hasty = serving.settings.model_copy(update={"starrocks_view_seconds": 0.2})
    unknown = after_verified(serving.client, hasty, WITH_WARM_UP, None)
    assert [step.outcome for step in unknown.steps] == [Outcome.UNKNOWN]
    assert after_verified(serving.client, serving.settings, WITH_WARM_UP, None).is_complete


@given(
    published=some.sets(some.integers(0, 30)),
    latest=some.integers(1, 10),
    changed=some.none() | some.sets(some.integers(0, 30)),
)
def test_hot_are_the_changed_ones_of_the_latest(
    published: set[int], latest: int, changed: set[int] | None
) -> None:
    days: set[date | None] = {day(number) for number in published}
    hot = hot_partitions(days, latest, None if changed is None else {day(each) for each in changed})
    wanted = sorted(published)[max(len(published) - latest, 0) :]
    assert hot == tuple(day(each) for each in wanted if changed is None or each in changed)
