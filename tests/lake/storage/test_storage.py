"""When disk, catalog or files fail, the error says what to do and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from resources.errors import StorageError
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    files_in_history,
    files_in_snapshot,
    folder_of,
    metadata_location,
    open_lake,
    order_rows,
    publish_orders,
    publish_sql,
    read,
    select_of,
)
from tests.lake.publish import children


def test_a_catalog_locked_by_someone_else(tmp_path: Path):
    home = tmp_path / "home"
    lake = open_lake(home, catalog_uri=f"sqlite:///{home}/catalog.db?timeout=0.1")
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    before, files = metadata_location(lake), data_files(lake)

    with closing(sqlite3.connect(home / "catalog.db", isolation_level=None)) as other:

        def lock(stage: str) -> None:
            if stage == "publishing":
                other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageError, match=r"fact\.dwd_order, 2026-03-02.*locked") as failure:
            publish_orders(lake, SECOND, order_rows(SECOND, 2), on_stage=lock)
        other.execute("ROLLBACK")

    assert failure.value.next_step.startswith("End what holds it")
    assert (metadata_location(lake), data_files(lake)) == (before, files)
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    assert len(read(lake)) == 4


@pytest.mark.parametrize(
    "room",
    [
        pytest.param(500, id="for data"),
        pytest.param(3_000, id="for metadata"),
        pytest.param(7_500, id="for the catalog"),
    ],
)
def test_a_full_disk(lake: Lake, processes: ForkServerContext, room: int):
    for day in Window.of_days(FIRST, SECOND):
        publish_orders(lake, day, order_rows(day, 1))
    before, files = metadata_location(lake), data_files(lake)

    mine, theirs = processes.Pipe(duplex=False)
    process = processes.Process(
        target=children.publish_with_little_room, args=(theirs, lake.settings.home, FIRST, room)
    )
    process.start()
    assert mine.poll(60)
    kind, text = mine.recv()
    process.join(10)

    assert kind == "StorageError", text
    assert "fact.dwd_order, 2026-03-01" in text
    assert "the disk is full or failing" in text
    assert "Free space" in text
    assert (metadata_location(lake), data_files(lake)) == (before, files)
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    assert len(read(lake)) == 4


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the files of a process in /proc")
@pytest.mark.parametrize("more", [0, 2])
def test_too_few_open_files(lake: Lake, processes: ForkServerContext, more: int):
    """The limit is the cause, whatever the library says that meets it: no file is damaged."""
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    mine, theirs = processes.Pipe(duplex=False)
    process = processes.Process(
        target=children.publish_with_few_files, args=(theirs, lake.settings.home, FIRST, more)
    )
    process.start()
    assert mine.poll(60)
    kind, text = mine.recv()
    process.join(10)

    assert kind == "StorageError", text
    assert "may open no more files" in text
    assert "ulimit -n" in text and "backup" not in text
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    assert read(lake) == order_rows(FIRST, 3)


@pytest.fixture
def visible_folder() -> Iterator[Path]:
    """A folder that other users may enter; pytest's own they may not."""
    folder = Path(tempfile.mkdtemp(prefix="ledgerlake-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_home_that_may_only_be_read(
    visible_folder: Path, tmp_path: Path, processes: ForkServerContext
):
    lake = open_lake(visible_folder / "home")
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    before, files = metadata_location(lake), data_files(lake)
    folders = [path for path in visible_folder.rglob("*") if path.is_dir()]
    if os.geteuid() != 0:
        for folder in folders:
            folder.chmod(0o555)

    mine, theirs = processes.Pipe(duplex=False)
    process = processes.Process(
        target=children.publish_without_rights,
        args=(theirs, lake.settings.home, tmp_path / "warm", FIRST),
    )
    process.start()
    assert mine.poll(60)
    kind, text = mine.recv()
    process.join(10)
    for folder in folders:
        folder.chmod(0o755)

    assert kind == "StorageError", text
    assert "fact.dwd_order, 2026-03-01" in text
    assert "may not be read or written" in text
    assert (metadata_location(lake), data_files(lake)) == (before, files)


def test_a_damaged_day_can_be_published_again(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    (damaged,) = files_in_snapshot(lake)
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    Path(damaged).unlink()

    publish_orders(lake, SECOND, order_rows(SECOND, 1))
    publish_orders(lake, FIRST, order_rows(FIRST, 1))

    assert len(read(lake)) == 2


@pytest.mark.parametrize("damage", ["missing", "truncated", "scribbled"])
def test_an_input_whose_file_is_damaged(lake: Lake, damage: str):
    publish_orders(lake, FIRST, order_rows(FIRST, 2_000))
    (damaged,) = files_in_snapshot(lake)
    relation = lake.relation_sql(lake.snapshot(ORDERS), None)
    content = Path(damaged).read_bytes()
    if damage == "missing":
        Path(damaged).unlink()
    elif damage == "truncated":
        Path(damaged).write_bytes(content[: len(content) // 2])
    else:
        Path(damaged).write_bytes(b"\xff" * 64 + content[64:])

    with pytest.raises(StorageError, match=r"fact\.dwd_order, 2026-03-02") as failure:
        publish_sql(
            lake,
            ORDERS,
            Window.of_day(SECOND),
            f"SELECT order_id, pay_amount, DATE '{SECOND}' AS dt FROM ({relation})",
        )

    assert "from a backup, or materialize" in failure.value.next_step
    assert files_in_history(lake) == {damaged}
    assert len(lake.history(ORDERS)) == 1
    assert not list((lake.settings.home / "attempts").rglob("*.json"))


def test_metadata_that_is_missing(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    Path(metadata_location(lake) or "").unlink()

    with pytest.raises(StorageError, match=r"fact\.dwd_order"):
        lake.snapshot(ORDERS)
    with pytest.raises(StorageError, match="missing"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))


def test_a_record_that_is_missing(lake: Lake):
    published = publish_orders(lake, FIRST, order_rows(FIRST, 2))
    (folder_of(lake) / f"metadata/publication-{published.publication_id}.json").unlink()

    with pytest.raises(StorageError, match="missing"):
        lake.record(lake.snapshot(ORDERS), FIRST)


def test_a_mistake_in_sql_is_no_failure_of_storage(lake: Lake):
    with pytest.raises(Exception, match="order_idd") as failure:
        publish_sql(lake, ORDERS, Window.of_day(FIRST), f"SELECT order_idd FROM ({select_of([])})")

    assert not isinstance(failure.value, StorageError)
