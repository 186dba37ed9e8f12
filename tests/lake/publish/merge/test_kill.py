"""What a killed merge or compaction wrote: kept if it was committed, deleted if it was not."""

from __future__ import annotations

from multiprocessing.context import ForkServerContext

from resources.lake.lake import Lake
from tests.lake.builders import data_files, files_in_history, read
from tests.lake.places import file_leases
from tests.lake.publish.merge import children
from tests.lake.publish.merge.builders import (
    LINES,
    delete_files,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
)

OLD = rows_of("A", 20)


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

    assert file_leases(lake) == []
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
    assert file_leases(lake) == []
    assert read(lake, LINES) == OLD
    # Delete files are no files of a scan: those of older snapshots are left out.
    deletes = {str(path) for path in delete_files(lake)}
    assert data_files(lake, LINES) - deletes == files_in_history(lake, LINES)
