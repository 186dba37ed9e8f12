"""Maintenance keeps tables fast and disks empty, and never takes a file that someone may need."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pyiceberg.table.snapshots import Snapshot

from resources.lake.lake import Lake
from resources.lake.maintenance.expiry import MOST_SNAPSHOTS, expired_ids
from resources.lake.maintenance.maintenance import EXPIRE_EVERY, MaintenanceReport
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    files_in_history,
    files_in_snapshot,
    folder_of,
    open_lake,
    order_rows,
    publish_orders,
    read,
)


def all_files(lake: Lake) -> set[Path]:
    """Everything below the table's folder."""
    return {path for path in folder_of(lake).rglob("*") if path.is_file()}


def replaced_often(home: Path, orphan_hours: int) -> Lake:
    """A lake that keeps two snapshots, and whose one day was published five times."""
    lake = open_lake(home, snapshots_kept=2, orphan_hours=orphan_hours)
    for number in range(5):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number))
    return lake


def test_publishing_keeps_the_snapshots_few(tmp_path: Path):
    lake = open_lake(tmp_path / "home", snapshots_kept=2)
    counts: list[int] = []
    for number in range(EXPIRE_EVERY + 4):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number))
        counts.append(len(lake.history(ORDERS)))

    assert max(counts) < 2 + EXPIRE_EVERY
    assert min(counts[EXPIRE_EVERY:]) == 2
    assert read(lake) == order_rows(FIRST, EXPIRE_EVERY + 4)


def test_without_patience_only_what_is_referred_to_stays(tmp_path: Path):
    lake = replaced_often(tmp_path / "home", orphan_hours=0)
    before = sum(path.stat().st_size for path in all_files(lake))
    report = lake.maintain(ORDERS)

    assert report.snapshots_expired == 3
    assert report.files_deleted > 0
    assert data_files(lake) == files_in_history(lake)
    assert len(data_files(lake)) == 2
    assert read(lake) == order_rows(FIRST, 5)
    snapshot = lake.snapshot(ORDERS)
    assert lake.record(snapshot, FIRST).publication_id == snapshot.published[FIRST]
    records = {path.stem for path in folder_of(lake).glob("metadata/publication-*.json")}
    assert records == {f"publication-{each.publication_id}" for each in lake.history(ORDERS)}
    after = sum(path.stat().st_size for path in all_files(lake))
    assert before - report.bytes_deleted <= after + 200_000
    assert lake.maintain(ORDERS).files_deleted == 0
    publish_orders(lake, SECOND, order_rows(SECOND, 1))
    assert len(read(lake)) == 6


def test_no_empty_folder_stays(tmp_path: Path):
    lake = replaced_often(tmp_path / "home", orphan_hours=0)
    (folder_of(lake) / "data" / "left-by-a-killed-run").mkdir()
    lake.maintain(ORDERS)
    lake.maintain(ORDERS)
    folders = [each for each in (folder_of(lake) / "data").iterdir() if each.is_dir()]
    assert {Path(path).parent for path in files_in_history(lake)} == set(folders)


def test_the_folder_of_a_living_attempt_stays(tmp_path: Path):
    lake = replaced_often(tmp_path / "home", orphan_hours=0)

    def keep_up(stage: str) -> None:
        if stage == "staging":
            empty = [
                each for each in (folder_of(lake) / "data").iterdir() if not any(each.iterdir())
            ]
            assert len(empty) == 1
            lake.maintain(ORDERS)
            assert empty[0].is_dir()

    publish_orders(lake, FIRST, order_rows(FIRST, 9), on_stage=keep_up)
    assert read(lake) == order_rows(FIRST, 9)


def test_a_dry_run_says_the_same_and_does_nothing(tmp_path: Path):
    lake = replaced_often(tmp_path / "home", orphan_hours=0)
    files = {path: path.read_bytes() for path in all_files(lake)}
    foreseen = lake.maintain(ORDERS, dry_run=True)

    assert {path: path.read_bytes() for path in all_files(lake)} == files
    done = lake.maintain(ORDERS)
    assert foreseen.dry_run
    assert foreseen.snapshots_expired == done.snapshots_expired
    # Expiring writes one more metadata file, and so lets go of none or one more.
    assert 0 <= done.files_deleted - foreseen.files_deleted <= 1


def test_a_file_waits_from_when_it_was_first_seen_unreferenced(tmp_path: Path):
    lake = replaced_often(tmp_path / "home", orphan_hours=24)
    before = data_files(lake)
    first = lake.maintain(ORDERS)

    assert (first.files_deleted, data_files(lake)) == (0, before)
    assert first.files_waiting > 3
    assert lake.maintain(ORDERS).files_deleted == 0

    let_hours_pass(lake, 25)
    assert lake.maintain(ORDERS).files_deleted == first.files_waiting
    assert data_files(lake) == files_in_history(lake)


def let_hours_pass(lake: Lake, hours: int) -> None:
    """Make the files that wait have been seen that much earlier."""
    register = folder_of(lake) / "metadata" / "unreferenced.json"
    earlier = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    register.write_text(json.dumps(dict.fromkeys(json.loads(register.read_text()), earlier)))


def test_a_pinned_reader_has_time_to_finish(tmp_path: Path):
    lake = open_lake(tmp_path / "home", snapshots_kept=1, orphan_hours=24)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    snapshot = lake.snapshot(ORDERS)
    publish_orders(lake, FIRST, order_rows(FIRST, 4))
    lake.maintain(ORDERS)

    assert snapshot.snapshot_id not in {each.snapshot_id for each in lake.history(ORDERS)}
    assert read(lake, snapshot=snapshot) == order_rows(FIRST, 2)


def test_files_of_a_living_attempt_are_never_touched(tmp_path: Path):
    lake = open_lake(tmp_path / "home", orphan_hours=0)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))

    def keep_house(_: str) -> None:
        lake.maintain(ORDERS)

    publish_orders(lake, SECOND, order_rows(SECOND, 2), on_stage=keep_house)

    assert len(read(lake)) == 4


def test_a_foreign_file_goes_when_it_is_old_enough(tmp_path: Path):
    lake = open_lake(tmp_path / "home", orphan_hours=24)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    stray = folder_of(lake) / "data" / "left-by-something.parquet"
    stray.write_bytes(b"nothing")
    lake.maintain(ORDERS)
    assert stray.exists()

    let_hours_pass(lake, 25)
    assert lake.maintain(ORDERS).bytes_deleted >= len(b"nothing")
    assert not stray.exists()
    assert data_files(lake) == files_in_snapshot(lake)


def test_a_table_never_published_needs_no_maintenance(lake: Lake):
    assert lake.maintain(ORDERS) == MaintenanceReport()


def test_publishing_does_the_maintenance_itself_once_in_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("resources.lake.maintenance.maintenance.MAINTENANCE_EVERY", 4)
    lake = open_lake(tmp_path / "home", snapshots_kept=1, orphan_hours=0)
    left: list[int] = []
    for number in range(8):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number))
        left.append(len(data_files(lake)))

    assert left == [1, 2, 3, 1, 2, 3, 4, 1]
    assert read(lake) == order_rows(FIRST, 8)


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


def test_a_served_table_keeps_its_young_snapshots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lake = published_often(tmp_path / "home", EXPIRE_EVERY + 4, snapshots_kept=2, orphan_hours=0)
    assert len(lake.history(SERVED)) == EXPIRE_EVERY + 4
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("resources.lake.maintenance.expiry.MOST_SNAPSHOTS", 5)
    lake = published_often(tmp_path / "home", 2 * EXPIRE_EVERY, snapshots_kept=2, orphan_hours=0)
    assert 5 <= len(lake.history(SERVED)) < 5 + EXPIRE_EVERY
    # Who has seen one of the others can read on.
    assert lake.maintain(SERVED).files_deleted == 0
    assert len(data_files(lake)) == 2 * EXPIRE_EVERY


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
