"""A merge killed at any moment leaves the table as before it or after; the next one cleans up."""

from __future__ import annotations

import random
import time
from multiprocessing.context import ForkServerContext

import pytest

from resources.lake.lake import Lake
from tests.lake.builders import data_files, files_in_history, read
from tests.lake.publish.merge import children
from tests.lake.publish.merge.builders import (
    LINES,
    delete_files,
    delete_files_in_snapshot,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
)

OLD = rows_of("A", 20)
NEW = [*rows_of("A", 2, "8.00"), *OLD[2:]]


def leases(lake: Lake) -> list[str]:
    """Attempts that left a lease."""
    return [path.stem for path in lake.settings.home.glob("attempts/*/*.json")]


def nothing_is_lost_on_disk(lake: Lake) -> bool:
    """Whether every file is one that some snapshot refers to, or a delete file that one did."""
    deletes = {str(path) for path in delete_files(lake)}
    return data_files(lake, LINES) - deletes == files_in_history(lake, LINES)


@pytest.mark.parametrize("stage", ["staging", "auditing", "publishing"])
def test_killed_as_a_stage_begins(lake: Lake, processes: ForkServerContext, stage: str):
    merge(lake, merge_of(OLD))
    process = processes.Process(target=children.merge_and_die, args=(lake.settings.home, stage))
    process.start()
    process.join(30)

    assert process.exitcode == -9
    assert read(lake, LINES) == read_by_pyiceberg(lake) == OLD
    (dead,) = leases(lake)
    assert any(dead in str(path) for path in delete_files(lake)) == (stage != "staging")

    merge(lake, merge_of([row("A", 20, "5.00")]))

    assert leases(lake) == []
    assert nothing_is_lost_on_disk(lake)
    assert delete_files(lake) == delete_files_in_snapshot(lake)
    assert read(lake, LINES) == read_by_pyiceberg(lake) == [*OLD[:-1], row("A", 20, "5.00")]


def test_killed_at_any_moment(lake: Lake, processes: ForkServerContext):
    """Each round kills a process that merges again and again, after a random delay."""
    merge(lake, merge_of(OLD))
    began = time.perf_counter()
    merge(lake, merge_of(OLD[:2]))
    longest_delay = 3 * (time.perf_counter() - began)
    chance = random.Random(20260301)
    for _ in range(8):
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(
            target=children.merge_until_killed, args=(theirs, lake.settings.home)
        )
        process.start()
        assert mine.poll(30)
        time.sleep(chance.uniform(0.0, longest_delay))
        process.kill()
        process.join(10)

        assert read(lake, LINES) in (OLD, NEW)
        merge(lake, merge_of(OLD[:2]))
        assert read_by_pyiceberg(lake) == read(lake, LINES) == OLD
        assert leases(lake) == []
        assert nothing_is_lost_on_disk(lake)


def test_what_a_killed_run_had_merged_stays_when_its_snapshot_is_gone(lake: Lake):
    """Its lease is still there, and nothing but its files says that it got as far."""
    merge(lake, merge_of(OLD))
    published = merge(lake, merge_of(OLD[:2]))
    merge(lake, merge_of([row("B", 1)]))
    table = lake.snapshot(LINES).table
    (old,) = [
        each for each in lake.history(LINES) if each.publication_id == published.publication_id
    ]
    table.maintenance.expire_snapshots().by_id(old.snapshot_id).commit()
    folder = lake.settings.home / "attempts" / f"{LINES.namespace}.{LINES.name}"
    (folder / f"{published.publication_id}.json").write_text("{}")

    merge(lake, merge_of([row("B", 2)]))

    assert leases(lake) == []
    assert read(lake, LINES) == [*OLD, row("B", 1), row("B", 2)]


def test_a_maintenance_run_that_is_killed_while_it_rewrites_files_changes_nothing(
    lake: Lake, processes: ForkServerContext
):
    merge(lake, merge_of(OLD))
    merge(lake, merge_of(OLD[:5]))
    before = data_files(lake, LINES)
    process = processes.Process(target=children.compact_and_die, args=(lake.settings.home,))
    process.start()
    process.join(30)

    assert process.exitcode == -9
    assert len(data_files(lake, LINES) - before) == 1
    assert read(lake, LINES) == read_by_pyiceberg(lake) == OLD

    assert lake.maintain(LINES).attempts_swept == 1
    assert leases(lake) == []
    assert read(lake, LINES) == OLD
    assert nothing_is_lost_on_disk(lake)
