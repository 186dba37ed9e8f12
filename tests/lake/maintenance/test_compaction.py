"""Files with many dead rows, and small ones that are many, are written anew; no row changes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from resources.lake.catalog.locks.locks import commit_lock
from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.merge import Merge
from resources.lake.write.write_attempts import WriteAttempt, abandon, open_attempt
from resources.settings import Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    context,
    data_files,
    files_in_snapshot,
    metadata_location,
    open_lake,
    order_rows,
    publish_orders,
    read,
    select_of,
)
from tests.lake.publish.merge.builders import (
    LINES,
    WIDER_LINES,
    delete_files,
    delete_files_in_snapshot,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
)

HUNDRED = rows_of("A", 100)


def merge_amounts(lake: Lake, first: int, last: int, amount: str) -> None:
    """Give lines of order A another amount."""
    merge(lake, merge_of([row("A", number, amount) for number in range(first, last + 1)]))


def with_dead_rows(lake: Lake, dead: int) -> None:
    """A file of a hundred rows with some of them dead, and a small file of what they became."""
    merge(lake, merge_of(HUNDRED))
    merge_amounts(lake, 1, dead, "2.00")


def test_a_merge_rewrites_a_file_when_three_rows_in_ten_are_dead(lake: Lake):
    merge(lake, merge_of(HUNDRED))
    (original,) = files_in_snapshot(lake, LINES)
    merge_amounts(lake, 1, 30, "2.00")
    assert original in files_in_snapshot(lake, LINES)
    assert len(delete_files_in_snapshot(lake)) == 1
    merge_amounts(lake, 31, 31, "2.00")

    assert original not in files_in_snapshot(lake, LINES)
    assert delete_files_in_snapshot(lake) == set()
    assert len(lake.history(LINES)) == 3
    expected = [row("A", number, "2.00") for number in range(1, 32)] + HUNDRED[31:]
    assert read(lake, LINES) == read_by_pyiceberg(lake) == expected


def test_a_file_with_no_row_left_goes_without_a_successor(lake: Lake):
    merge(lake, merge_of(HUNDRED))
    merge_amounts(lake, 1, 100, "2.00")

    assert len(files_in_snapshot(lake, LINES)) == 1
    assert delete_files(lake) == set()


def test_small_files_become_one_before_they_are_many(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("resources.lake.maintenance.compaction._MOST_SMALL_FILES", 4)
    numbers = range(1, 10)
    counts: list[int] = []
    for number in numbers:
        merge(lake, merge_of([row("B", number)]))
        counts.append(len(files_in_snapshot(lake, LINES)))

    assert counts == [1, 2, 3, 4, 5, 2, 3, 4, 5]
    expected = [row("B", number) for number in numbers]
    assert read(lake, LINES) == read_by_pyiceberg(lake) == expected


def test_a_data_file_never_has_many_delete_files(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("resources.lake.write.position_delete_writer._MOST_DELETE_FILES", 3)
    merge(lake, merge_of(HUNDRED))
    counts: list[int] = []
    for number in range(1, 7):
        merge_amounts(lake, number, number, "2.00")
        counts.append(len(delete_files_in_snapshot(lake)))

    assert counts == [1, 2, 3, 1, 2, 3]
    changed = [row("A", number, "2.00") for number in range(1, 7)]
    assert read(lake, LINES) == read_by_pyiceberg(lake) == [*changed, *HUNDRED[6:]]
    summary = lake.snapshot(LINES).table.current_snapshot().summary
    assert (summary["total-position-deletes"], summary["total-delete-files"]) == ("6", "3")


def test_maintenance_rewrites_what_a_merge_leaves(lake: Lake):
    with_dead_rows(lake, 20)
    rows, published = read(lake, LINES), lake.snapshot(LINES).published
    before = lake.snapshot(LINES)

    assert lake.maintain(LINES, dry_run=True).files_compacted == 1
    assert delete_files_in_snapshot(lake)
    assert lake.maintain(LINES).files_compacted == 1

    assert delete_files_in_snapshot(lake) == set()
    assert read(lake, LINES) == read_by_pyiceberg(lake) == rows
    assert read(lake, LINES, before) == rows
    assert lake.snapshot(LINES).published == published
    assert lake.record(lake.snapshot(LINES), None).partitions[None].rows == 100
    assert lake.maintain(LINES).files_compacted == 0


def test_maintenance_deletes_the_delete_files_that_nothing_refers_to(tmp_path: Path):
    lake = open_lake(tmp_path / "home", snapshots_kept=1, orphan_hours=0)
    with_dead_rows(lake, 20)
    assert len(delete_files(lake)) == 1
    lake.maintain(LINES)

    assert delete_files(lake) == set()
    assert data_files(lake, LINES) == files_in_snapshot(lake, LINES)
    assert len(read(lake, LINES)) == 100
    merge_amounts(lake, 50, 50, "3.00")
    assert lake.maintain(LINES).files_compacted == 0
    assert delete_files(lake) == delete_files_in_snapshot(lake) != set()
    assert len(read(lake, LINES)) == 100


def test_the_maintenance_that_publishing_does_compacts_too(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("resources.lake.maintenance.maintenance.MAINTENANCE_EVERY", 2)
    with_dead_rows(lake, 20)

    assert delete_files_in_snapshot(lake) == set()
    assert len(lake.history(LINES)) == 3


def test_maintenance_gives_way_to_a_run_that_began_before(lake: Lake):
    with_dead_rows(lake, 20)

    def keep_house(stage: str) -> None:
        assert lake.maintain(LINES).files_compacted == 0, stage

    merge(lake, merge_of([row("A", 50, "3.00")]), on_stage=keep_house)
    assert len(read(lake, LINES)) == 100
    assert lake.maintain(LINES).files_compacted == 1


def test_maintenance_gives_way_to_a_run_that_begins_meanwhile(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    with_dead_rows(lake, 20)
    before, files = metadata_location(lake, LINES), data_files(lake, LINES)
    begun: list[WriteAttempt] = []

    def lock_once_a_run_began(settings: Settings, spec: TableSpec) -> AbstractContextManager[None]:
        if not begun:
            location = lake.snapshot(LINES).table.location()
            begun.append(open_attempt(settings, spec, location, "run", "all"))
        return commit_lock(settings, spec)

    monkeypatch.setattr("resources.lake.maintenance.compaction.commit_lock", lock_once_a_run_began)
    assert lake.maintain(LINES).files_compacted == 0

    assert metadata_location(lake, LINES) == before
    assert data_files(lake, LINES) == files
    abandon(begun[0])


def test_maintenance_of_a_table_that_is_behind_its_contract_rewrites_nothing(lake: Lake):
    with_dead_rows(lake, 20)
    narrower = replace(LINES, columns=LINES.columns[:3])

    assert lake.maintain(WIDER_LINES).files_compacted == 0
    assert lake.maintain(narrower).files_compacted == 0
    assert len(read(lake, LINES)) == 100


def test_maintenance_leaves_a_table_with_a_damaged_file_as_it_is(lake: Lake):
    with_dead_rows(lake, 20)
    before = metadata_location(lake, LINES)
    damaged = next(iter(delete_files_in_snapshot(lake)))
    damaged.write_bytes(damaged.read_bytes()[:-1])

    assert lake.maintain(LINES).files_compacted == 0
    assert metadata_location(lake, LINES) == before


def test_maintenance_joins_the_small_files_of_partitions_that_are_added_to(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("resources.lake.maintenance.compaction._MOST_SMALL_FILES", 3)
    publish_orders(lake, THIRD, order_rows(THIRD, 2))
    window = Window.of_days(FIRST, SECOND)
    with duckdb.connect(config={"threads": 1}) as connection:
        for number in range(4):
            rows = [*order_rows(FIRST, 1, start=number), *order_rows(SECOND, 1, start=number)]
            change = Merge(select_of(rows), window=window)
            lake.merge(ORDERS, change, connection, context())
    assert len(files_in_snapshot(lake)) == 9

    assert lake.maintain(ORDERS).files_compacted == 8
    assert len(files_in_snapshot(lake)) == 3
    days = [*order_rows(FIRST, 4, start=0), *order_rows(SECOND, 4, start=0)]
    assert read(lake) == sorted([*days, *order_rows(THIRD, 2)])
    assert lake.record(lake.snapshot(ORDERS), FIRST).partitions[FIRST].rows == 4
