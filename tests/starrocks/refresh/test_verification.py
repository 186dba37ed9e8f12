"""What StarRocks shows is held against the lake: by snapshot, or by rows where it cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from resources.lake.catalog.catalog import load_table
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import Denied
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import refresh_table, row_count
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.refresh_ledger import State
from resources.starrocks.refresh.verification import Shown, compare
from resources.starrocks.views.served_table import ServedTable
from tests.lake.builders import CITIES, publish_sql
from tests.starrocks.refresh.conftest import Steps
from tests.starrocks.scenes import REFRESH, Clock, Scene, scene
from tests.starrocks.served_lake import day

NO_METADATA = r"\$refs"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Scene]:
    """A table, whose first row StarRocks remembers."""
    with scene(tmp_path / "home", 1) as one:
        yield one


@pytest.fixture
def mute(one: Scene) -> Scene:
    """Its version knows no metadata tables."""
    one.stand_in.faults.fail(1064, "Getting analyzing error", matching=NO_METADATA, times=None)
    return one


def looked(scene: Scene, changed: set[date] | None = None, refreshed: bool = False) -> Shown:
    """What is seen of the first table."""
    spec, name = scene.tables[0].spec, scene.name(0)
    table = load_table(scene.settings, spec)
    assert table is not None
    with StarRocks(scene.settings) as client:
        if refreshed:
            client.run(refresh_table(name))
        return compare(client, name, spec, table, changed)


def test_by_snapshot(one: Scene) -> None:
    old = one.lake.snapshot(one.tables[0].spec).snapshot_id
    assert looked(one) == Shown(old, None)
    one.publish(0, rows=2)
    new = one.lake.snapshot(one.tables[0].spec).snapshot_id
    shown = looked(one)
    assert shown.snapshot == old
    assert shown.difference == f"StarRocks shows snapshot {old}; {new} is published"
    assert looked(one, refreshed=True) == Shown(new, None)


def test_by_rows_of_the_partitions_that_changed(mute: Scene) -> None:
    mute.publish(0, first=1, days=3, rows=2)
    stale = looked(mute, {day(1), day(2), day(3)})
    assert stale.by_rows
    assert stale.snapshot is None
    assert stale.difference == (
        f"StarRocks shows 0 rows in partition {day(1)}; 2 are published, "
        "and 2 partitions more differ"
    )
    counts = mute.stand_in.sent("COUNT.* GROUP BY")
    assert [str(day(1)) in each.statement for each in counts] == [True]

    for changed in ({day(2)}, {day(1), day(3)}, None):
        shown = looked(mute, changed, refreshed=True)
        assert shown == Shown(
            mute.lake.snapshot(mute.tables[0].spec).snapshot_id, None, by_rows=True
        )


def test_by_rows_a_partition_that_became_empty(mute: Scene) -> None:
    mute.publish(0, rows=0)
    difference = looked(mute, {day(0)}).difference
    assert difference == f"StarRocks shows 1 rows in partition {day(0)}; 0 are published"
    assert looked(mute, {day(0)}, refreshed=True).difference is None


def test_by_rows_of_a_table_without_partitions(mute: Scene) -> None:
    cities = ServedTable(replace(CITIES, served=True))
    name = TableName("ledgerlake", "dim", "dim_city")
    rows = "SELECT range AS city_id, 'x' AS city_name FROM range({})"
    publish_sql(mute.lake, cities.spec, None, rows.format(1))
    with StarRocks(mute.settings) as client:
        assert client.run(row_count(name)) == [(1,)]
    publish_sql(mute.lake, cities.spec, None, rows.format(3))
    mute.stand_in.faults.swallow()
    (result,) = Refresher(mute.settings).refresh([cities])
    assert result.state is State.STALE
    assert "shows 1 rows in partition all; 3 are published" in str(result.problem)
    (result,) = Refresher(mute.settings).refresh([cities])
    assert result.snapshot == mute.lake.snapshot(cities.spec).snapshot_id


def test_by_rows_each_table_ends_verified(mute: Scene, clock: Clock) -> None:
    """Whatever was swallowed."""
    mute.stand_in.faults.swallow(times=2)
    for number in range(3):
        mute.publish_and_want(0, first=number, rows=number + 2)
        mute.work()
    mute.work_until_well(clock)
    mute.stand_in.faults.clear()
    mute.assert_well()


def test_by_rows_what_is_published_meanwhile_is_looked_at_too(mute: Scene, steps: Steps) -> None:
    """The second look is at all that changed by then: not only at what StarRocks has by luck."""
    list(Refresher(mute.settings).refresh(mute.tables))
    mute.publish_and_want(0, rows=2)
    looks: list[Shown] = []

    def look_late(*arguments: object) -> Shown:
        shown = compare(*arguments)  # type: ignore[arg-type]
        if not looks:
            # Day 0 goes back to what an old memory shows, and day 1 is new.
            mute.publish_and_want(0, rows=1)
            mute.publish_and_want(0, first=1)
        looks.append(shown)
        return shown

    mute.stand_in.faults.swallow()
    steps.comparing(look_late)
    (result,) = mute.work()
    assert len(looks) == 2
    assert result.state is State.STALE
    steps.as_they_are()
    assert [each.is_well for each in Refresher(mute.settings).refresh(mute.tables)] == [True]
    mute.stand_in.faults.clear()
    assert looked(mute).difference is None
    assert len(mute.stand_in.sent(REFRESH)) == 3


def test_who_may_not_look_is_told_so(one: Scene) -> None:
    """Counting would be denied as well."""
    one.stand_in.faults.fail(5203, "Access denied", matching=NO_METADATA)
    with pytest.raises(Denied):
        looked(one)


def test_by_rows_where_nothing_changed(mute: Scene) -> None:
    """As after a compaction: there is nothing to count."""
    assert looked(mute, set()).difference is None
    assert mute.stand_in.sent("COUNT.* GROUP BY") == []
