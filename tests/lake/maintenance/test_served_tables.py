"""Snapshots and files of tables that a server reads, with a cache of its own."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as some
from pyiceberg.table.snapshots import Snapshot

from resources.lake.lake import Lake
from resources.lake.maintenance.expiry import MOST_SNAPSHOTS, expired_ids
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    data_files,
    files_in_snapshot,
    open_lake,
    order_rows,
    publish_orders,
    read,
)

SERVED = replace(ORDERS, served=True)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def published_often(home: Path, times: int, **settings: object) -> Lake:
    """A lake whose one day, of a served table, was published so often."""
    lake = open_lake(home, **settings)
    for number in range(times):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number), spec=SERVED)
    return lake


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """Let maintenance believe that so many hours have passed."""
    now = datetime.now(UTC) + timedelta(hours=hours)
    monkeypatch.setattr("resources.lake.maintenance.maintenance._now", lambda: now)


def test_a_served_table_keeps_its_young_snapshots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expire_every: int
):
    lake = published_often(tmp_path / "home", expire_every + 4, snapshots_kept=2, orphan_hours=0)
    assert len(lake.history(SERVED)) == expire_every + 4
    assert lake.maintain(SERVED).snapshots_expired == 0

    later(monkeypatch, hours=23)
    assert lake.maintain(SERVED).snapshots_expired == 0
    later(monkeypatch, hours=25)
    publish_orders(lake, FIRST, order_rows(FIRST, 1), spec=SERVED)
    assert len(lake.history(SERVED)) == 2


def test_files_of_a_served_table_wait_as_long_as_its_snapshots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = published_often(
        tmp_path / "home", 3, snapshots_kept=1, snapshot_hours=24, orphan_hours=0
    )
    later(monkeypatch, hours=25)
    first = lake.maintain(SERVED)
    assert (first.snapshots_expired, first.files_deleted) == (2, 0)
    assert len(data_files(lake)) == 3
    later(monkeypatch, hours=50)
    assert lake.maintain(SERVED).files_deleted >= first.files_waiting
    assert data_files(lake) == files_in_snapshot(lake)


def test_files_wait_until_the_reader_is_past_the_snapshots_that_used_them(tmp_path: Path):
    lake = published_often(tmp_path / "home", 1, snapshots_kept=1, snapshot_hours=0, orphan_hours=0)
    shown = lake.snapshot(SERVED)
    publish_orders(lake, FIRST, order_rows(FIRST, 4), spec=SERVED)
    asked: list[tuple[TableSpec, Set[int]]] = []

    def may_delete(spec: TableSpec, kept: Set[int]) -> bool:
        asked.append((spec, kept))
        return shown.snapshot_id in kept

    held = lake.maintain(SERVED, may_delete=may_delete)
    assert (held.snapshots_expired, held.files_deleted, held.is_held) == (1, 0, True)
    assert asked == [(SERVED, {each.snapshot_id for each in lake.history(SERVED)})]
    assert read(lake, snapshot=shown) == order_rows(FIRST, 1)

    shown = lake.snapshot(SERVED)
    done = lake.maintain(SERVED, may_delete=may_delete)
    # Their age counted while they were held.
    assert (done.files_deleted, done.is_held) == (held.files_waiting, False)
    assert data_files(lake) == files_in_snapshot(lake)


@pytest.mark.parametrize("front_ends", [None, "127.0.0.1:9030"])
def test_with_nobody_to_ask_files_stay_while_the_lake_is_served(
    front_ends: str | None, tmp_path: Path
):
    lake = published_often(
        tmp_path / "home",
        3,
        snapshots_kept=1,
        snapshot_hours=0,
        orphan_hours=0,
        starrocks_front_ends=front_ends,
    )
    report = lake.maintain(SERVED)
    assert report.is_held == (front_ends is not None)
    assert len(data_files(lake)) == (3 if front_ends else 1)
    # A table that is not served goes as ever.
    publish_orders(lake, FIRST, [], spec=replace(ORDERS, name="dwd_other"))
    assert not lake.maintain(replace(ORDERS, name="dwd_other")).is_held


def test_a_backfill_does_not_make_commits_ever_slower(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expire_every: int
):
    monkeypatch.setattr("resources.lake.maintenance.expiry.MOST_SNAPSHOTS", 5)
    lake = published_often(tmp_path / "home", 4 * expire_every, snapshots_kept=2, orphan_hours=0)
    assert 5 <= len(lake.history(SERVED)) < 5 + expire_every
    # Who has seen one of the others can read on.
    assert lake.maintain(SERVED).files_deleted == 0
    assert len(data_files(lake)) == 4 * expire_every


@given(
    minutes=some.lists(some.integers(0, 600), min_size=1, max_size=40),
    kept=some.integers(1, 30),
    hours=some.integers(0, 48),
    served=some.booleans(),
    protected=some.sets(some.integers(0, 39)),
)
def test_a_snapshot_is_kept_for_hours_after_the_next_one(
    minutes: list[int], kept: int, hours: int, served: bool, protected: set[int]
) -> None:
    times = [NOW - timedelta(minutes=before) for before in accumulate(minutes)][::-1]
    settings = Settings(snapshots_kept=kept, snapshot_hours=hours)
    snapshots = [
        Snapshot.model_validate(
            {
                "snapshot-id": number,
                "sequence-number": number,
                "timestamp-ms": round(time.timestamp() * 1000),
                "manifest-list": "",
            }
        )
        for number, time in enumerate(times)
    ]
    spec = SERVED if served else ORDERS
    gone = expired_ids(settings, spec, reversed(snapshots), protected, NOW)

    young = NOW - timedelta(hours=hours)
    needed = {number for number in range(len(times)) if number >= len(times) - kept}
    if served:
        needed |= {number for number, (_, after) in enumerate(pairwise(times)) if after > young}
    assert gone == [
        number for number in range(len(times)) if number not in needed and number not in protected
    ]
    assert len(times) < MOST_SNAPSHOTS
