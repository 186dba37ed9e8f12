"""Maintenance keeps tables fast and disks empty, and never takes a file that someone may need."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.maintenance.maintenance import MaintenanceReport
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


def test_publishing_keeps_the_snapshots_few(tmp_path: Path, expire_every: int):
    lake = open_lake(tmp_path / "home", snapshots_kept=2)
    counts: list[int] = []
    for number in range(expire_every + 4):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number))
        counts.append(len(lake.history(ORDERS)))

    assert max(counts) < 2 + expire_every
    assert min(counts[expire_every:]) == 2
    assert read(lake) == order_rows(FIRST, expire_every + 4)


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
