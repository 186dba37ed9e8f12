"""A lake on S3 whose objects were copied: refused where it is not, then a lake of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from resources.errors import StorageError
from resources.lake.catalog.table_locations import LakeElsewhere
from resources.lake.lake import Lake
from resources.lake.relocation.relocate import relocate
from resources.lake.storage.object_store import file_io
from resources.settings import Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    files_in_history,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.publish.merge.builders import LINES, merge, merge_of, row, rows_of
from tests.lake.storage.object_store.lake_on_s3 import objects
from tests.servers.s3 import S3Server

GOODS = rows_of("O1", 40)


@pytest.fixture
def original(lake: Lake) -> Lake:
    """A lake with two tables, one of them with rows that are dead in files that stay."""
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    publish_orders(lake, SECOND, order_rows(SECOND, 3))
    merge(lake, merge_of(GOODS))
    merge(lake, merge_of([row("O1", 1, "9.99")]))
    return lake


def copied(s3: S3Server, lake: Lake, home: Path, but: str = "no such key") -> Lake:
    """The home copied, and every object but one into a bucket of its own."""
    shutil.copytree(lake.settings.home, home)
    given = lake.settings.model_dump(exclude={"home", "warehouse", "orphan_hours"})
    warehouse = f"s3://{s3.new_bucket()}/moved"
    copy = Lake(Settings(**given, home=home, warehouse=warehouse, orphan_hours=0))
    io = file_io(lake.settings)
    for address in objects(s3, lake):
        if but not in address:
            target = warehouse + address.removeprefix(lake.settings.warehouse_location)
            with io.new_input(address).open() as source, io.new_output(target).create() as copied:
                copied.write(source.read())
    return copy


def digests(s3: S3Server, lake: Lake) -> dict[str, bytes]:
    io = file_io(lake.settings)
    return {each: io.new_input(each).open().read() for each in objects(s3, lake)}


def test_copied_objects_become_a_lake_of_their_own(
    s3: S3Server, original: Lake, tmp_path: Path
) -> None:
    copy = copied(s3, original, tmp_path / "copy")
    before = digests(s3, original)
    assert before
    for attempt in (
        lambda: copy.snapshot(ORDERS),
        lambda: publish_orders(copy, FIRST, order_rows(FIRST, 5)),
        lambda: copy.maintain(ORDERS),
    ):
        with pytest.raises(LakeElsewhere, match="relocate"):
            attempt()

    done = relocate(copy.settings)
    assert {(each.table, each.delete_files) for each in done if each.moved} == {
        ("fact.dwd_order", 0),
        ("fact.dwd_order_line", 1),
    }
    assert digests(s3, original) == before
    assert (read(copy), read(copy, LINES)) == (read(original), read(original, LINES))
    publish_orders(copy, FIRST, order_rows(FIRST, 6))
    merge(copy, merge_of([row("O1", 2, "7.77")]))
    for spec in (ORDERS, LINES):
        copy.maintain(spec)
        root = copy.settings.warehouse_location
        assert all(path.startswith(f"{root}/") for path in files_in_history(copy, spec))
    assert digests(s3, original) == before
    assert len(read(copy)) == 6 + 3 and len(read(original)) == 2 + 3
    assert not any(each.moved for each in relocate(copy.settings))


def test_a_copy_that_lacks_an_object_is_refused_and_nothing_is_changed(
    s3: S3Server, original: Lake, tmp_path: Path
) -> None:
    lost = next(path for path in files_in_history(original) if path.endswith(".parquet"))
    copy = copied(s3, original, tmp_path / "copy", but=lost.rsplit("/", 1)[-1])
    there = objects(s3, copy)
    with pytest.raises(StorageError, match="not where they should be"):
        relocate(copy.settings)
    with pytest.raises(LakeElsewhere, match="relocate"):
        copy.snapshot(ORDERS)
    assert there <= objects(s3, copy)
    assert read(original)
