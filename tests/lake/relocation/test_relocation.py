"""A lake that was copied or moved: the original stays as it is, `relocate` makes the copy right."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from resources.errors import LedgerlakeError, StorageError
from resources.lake.catalog.lake_identity import IDENTITY_FILE, take_over
from resources.lake.catalog.table_locations import LakeElsewhere
from resources.lake.lake import Lake
from resources.lake.relocation.relocate import relocate
from resources.settings import Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    files_in_history,
    open_lake,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.publish.merge.builders import (
    LINES,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
)

GOODS = rows_of("O1", 40) + rows_of("O2", 40)


def lake_with_two_tables(home: Path) -> Lake:
    """A lake; one of its tables has rows that are dead in files that stay."""
    lake = open_lake(home, orphan_hours=0, snapshots_kept=2)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    publish_orders(lake, SECOND, order_rows(SECOND, 3))
    merge(lake, merge_of(GOODS))
    merge(lake, merge_of([row("O1", 1, "9.99")]))
    return lake


@pytest.fixture
def original(tmp_path: Path) -> Lake:
    """A lake with two tables, to be changed."""
    return lake_with_two_tables(tmp_path / "prod")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with two tables, of which tests make copies and which they only read."""
    return lake_with_two_tables(tmp_path_factory.mktemp("untouched") / "prod")


def same_but(lake: Lake, home: Path) -> Lake:
    """The lake of the same settings in another home."""
    given = lake.settings.model_dump(exclude={"home"})
    return Lake(Settings(**given, home=home))


def copied(lake: Lake, home: Path) -> Lake:
    """What `cp -a` makes of the lake."""
    shutil.copytree(lake.settings.home, home, symlinks=True)
    return same_but(lake, home)


def contents(home: Path) -> dict[str, str]:
    """Every file below the folder, with its digest."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def test_a_copy_never_touches_the_original(original: Lake, tmp_path: Path):
    copy = copied(original, tmp_path / "copy")
    publish_orders(original, FIRST, order_rows(FIRST, 4))
    before = contents(original.settings.home)

    for attempt in (
        lambda: publish_orders(copy, FIRST, order_rows(FIRST, 5)),
        lambda: copy.maintain(ORDERS),
        lambda: copy.maintain(ORDERS, dry_run=True),
        lambda: copy.snapshot(ORDERS),
    ):
        with pytest.raises(LakeElsewhere, match="relocate"):
            attempt()
    assert contents(original.settings.home) == before
    assert len(read(original)) == 4 + 3


def test_a_relocated_copy_is_a_lake_of_its_own(original: Lake, tmp_path: Path):
    copy = copied(original, tmp_path / "copy")
    before = contents(original.settings.home)

    planned = relocate(copy.settings, dry_run=True)
    assert contents(copy.settings.home) == before
    done = relocate(copy.settings)
    assert done == planned
    assert {each.table for each in done if each.moved} == {"fact.dwd_order", "fact.dwd_order_line"}
    assert [each.delete_files for each in done] == [0, 1]
    assert contents(original.settings.home) == before

    assert read(copy) == read(original)
    assert read(copy, LINES) == read(original, LINES)
    assert [s.publication_id for s in copy.history(ORDERS)] == [
        s.publication_id for s in original.history(ORDERS)
    ]
    # Work goes on in both, and maintenance of one deletes nothing of the other.
    for number, lake in enumerate((original, copy), start=6):
        publish_orders(lake, FIRST, order_rows(FIRST, number))
        merge(lake, merge_of([row("O2", 1, "7.77")]))
        for _ in range(2):
            lake.maintain(ORDERS)
            lake.maintain(LINES)
    for number, lake in enumerate((original, copy), start=6):
        assert read(lake) == sorted([*order_rows(FIRST, number), *order_rows(SECOND, 3)])
        changed = {"O1": "9.99", "O2": "7.77"}
        assert read_by_pyiceberg(lake) == sorted(
            row(order, line, changed[order] if line == 1 else str(amount))
            for order, line, amount, _ in GOODS
        )
        root = str(lake.settings.home)
        assert all(path.startswith(f"{root}/") for path in files_in_history(lake))
        assert all(Path(path).exists() for path in files_in_history(lake, LINES))
    assert not any(each.moved for each in relocate(copy.settings))


def test_a_moved_lake_says_so_and_is_made_right(original: Lake, tmp_path: Path):
    expected, lines = read(original), read(original, LINES)
    shutil.move(original.settings.home, tmp_path / "moved")
    moved = same_but(original, tmp_path / "moved")

    with pytest.raises(LakeElsewhere, match="copied, or moved"):
        moved.snapshot(ORDERS)
    relocate(moved.settings)
    assert read(moved) == expected
    assert read(moved, LINES) == lines
    publish_orders(moved, FIRST, order_rows(FIRST, 7))
    assert len(read(moved)) == 7 + 3


def test_delete_files_name_the_data_files_where_they_are(untouched: Lake, tmp_path: Path):
    """Other readers go by the rows of the delete files, not by where those lie."""
    copy = copied(untouched, tmp_path / "copy")
    relocate(copy.settings)
    table = copy.snapshot(LINES).table
    assert table is not None
    tasks = list(table.scan().plan_files())
    deletes = [(task.file.file_path, each) for task in tasks for each in task.delete_files]
    assert deletes
    for data_path, delete_file in deletes:
        rows = pq.read_table(delete_file.file_path)
        assert set(rows.column("file_path").to_pylist()) == {data_path}
        assert rows.schema.field("pos").metadata[b"PARQUET:field_id"] == b"2147483545"
        assert Path(delete_file.file_path).stat().st_size == delete_file.file_size_in_bytes
    assert read_by_pyiceberg(copy) == read(untouched, LINES)


def test_a_copy_that_lacks_a_file_is_not_relocated(untouched: Lake, tmp_path: Path):
    copy = copied(untouched, tmp_path / "copy")
    (gone, *_) = (copy.settings.home / "warehouse").rglob("data/*/*.parquet")
    gone.unlink()
    before = {name for name in contents(copy.settings.home) if "metadata.json" in name}
    with pytest.raises(StorageError, match=gone.name):
        relocate(copy.settings)
    assert {name for name in contents(copy.settings.home) if "metadata.json" in name} == before


def test_the_same_lake_through_a_link_is_the_same_lake(original: Lake, tmp_path: Path):
    link = tmp_path / "link"
    link.symlink_to(original.settings.home)
    linked = same_but(original, link)
    publish_orders(linked, FIRST, order_rows(FIRST, 5))
    assert len(read(original)) == 5 + 3
    assert not any(each.moved for each in relocate(linked.settings))


def relocate_and_die(home: Path, at: int) -> None:
    """Relocate, and be killed as the file of that number is opened for writing, or at the end."""
    from resources.lake.catalog.sql_catalog import LakeSqlCatalog
    from resources.lake.storage.object_store import SharedFileSystem

    lake = open_lake(home, orphan_hours=0, snapshots_kept=2)
    opened = 0
    real = SharedFileSystem.open_output_stream

    def counted(self: Any, path: str, *arguments: Any, **options: Any) -> Any:
        nonlocal opened
        opened += 1
        if opened == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, path, *arguments, **options)

    SharedFileSystem.open_output_stream = counted  # type: ignore[method-assign]
    if at == 0:
        LakeSqlCatalog.move_all = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    relocate(lake.settings)


@pytest.mark.parametrize("at", [1, 3, 6, 0])
def test_killed_at_any_moment_it_is_as_before_and_the_next_run_finishes(
    untouched: Lake, tmp_path: Path, processes: ForkServerContext, at: int
):
    copy = copied(untouched, tmp_path / "copy")
    before = contents(untouched.settings.home)
    process = processes.Process(target=relocate_and_die, args=(copy.settings.home, at))
    process.start()
    process.join(60)
    assert process.exitcode == -9

    for attempt in (lambda: copy.snapshot(ORDERS), lambda: publish_orders(copy, FIRST, [])):
        with pytest.raises(LakeElsewhere):
            attempt()
    relocate(copy.settings)
    assert contents(untouched.settings.home) == before
    assert read(copy) == read(untouched)
    assert read(copy, LINES) == read(untouched, LINES)
    publish_orders(copy, FIRST, order_rows(FIRST, 4))


def test_a_second_catalog_over_the_same_files_is_refused_until_it_takes_over(tmp_path: Path):
    """The files are outside the home, as they are on S3: only the home is copied."""
    warehouse = str(tmp_path / "files")
    first = open_lake(tmp_path / "first", warehouse=warehouse)
    publish_orders(first, FIRST, order_rows(FIRST, 2))
    second = copied(first, tmp_path / "second")
    third = same_but(first, tmp_path / "new")

    for lake in (second, third):
        with pytest.raises(LakeElsewhere, match="take-over"):
            publish_orders(lake, FIRST, order_rows(FIRST, 9))
        with pytest.raises(LakeElsewhere, match="take-over"):
            lake.maintain(ORDERS)
        with pytest.raises(LedgerlakeError, match="take-over"):
            relocate(lake.settings)
    publish_orders(first, SECOND, order_rows(SECOND, 3))

    shutil.copy(first.settings.home / "catalog.db", second.settings.home / "catalog.db")
    take_over(second.settings)
    publish_orders(second, FIRST, order_rows(FIRST, 9))
    assert len(read(second)) == 9 + 3
    with pytest.raises(LakeElsewhere, match="take-over"):
        publish_orders(Lake(Settings(**first.settings.model_dump())), FIRST, [])


def test_a_lake_from_before_identities_gets_one_at_its_next_publish(tmp_path: Path):
    lake = open_lake(tmp_path / "home")
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    identity = Path(lake.settings.warehouse_location) / IDENTITY_FILE
    assert identity.exists()
    # As one that was restored in place: catalog and files of the same address, another file.
    backup = copied(lake, tmp_path / "backup")
    shutil.rmtree(lake.settings.home)
    shutil.copytree(backup.settings.home, lake.settings.home)
    from resources.lake.catalog.locks.catalog_engine import database_engine

    database_engine(lake.settings).dispose()
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    assert read(lake) == order_rows(FIRST, 3)
