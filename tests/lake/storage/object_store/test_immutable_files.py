"""Files that never change are read from S3 once a process, and memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import given, strategies as st
from pyiceberg.io.pyarrow import PyArrowFile

from resources.lake.lake import Lake
from resources.lake.storage.immutable_file_cache import Contents
from resources.lake.storage.table_files import read_text, write_text
from tests.lake.builders import FIRST, ORDERS, SECOND, order_rows, publish_orders, read

MOST, LARGEST = 20, 8


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_contents_are_right_and_bounded(sizes: list[int]):
    contents = Contents(MOST, LARGEST)
    kept: list[int] = []
    for size in sizes:
        asked: list[int] = []

        def from_store(size: int = size, asked: list[int] = asked) -> bytes:
            asked.append(size)
            return bytes([size]) * size

        assert contents.of(str(size), from_store) == bytes([size]) * size
        assert asked == ([] if size in kept else [size])
        # What was asked for last is kept longest.
        kept = [each for each in kept if each != size]
        kept += [size] if size <= LARGEST else []
        while sum(kept) > MOST:
            kept.pop(0)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The locations that pyiceberg reads from S3."""
    locations: list[str] = []
    really_open = PyArrowFile.open

    def note(file: PyArrowFile, seekable: bool = True) -> object:
        locations.append(file.location)
        return really_open(file, seekable)

    with patch.object(PyArrowFile, "open", note):
        yield locations


def test_a_table_that_stays_as_it_is_costs_nothing_to_look_at(lake: Lake, opened: list[str]):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    read(lake)
    opened.clear()
    assert read(lake) == order_rows(FIRST, 2)
    assert lake.snapshot(ORDERS).snapshot_id
    assert opened == []


def test_metadata_is_read_once_in_a_publish(lake: Lake, opened: list[str]):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    opened.clear()
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    assert len(opened) == len(set(opened)) > 0, opened
    assert read(lake) == sorted([*order_rows(FIRST, 2), *order_rows(SECOND, 2)])


def test_what_does_change_is_read_each_time(lake: Lake):
    register = f"{lake.settings.warehouse_location}/metadata/unreferenced.json"
    table = publish_orders(lake, FIRST, order_rows(FIRST, 2)) and lake.snapshot(ORDERS).table
    assert table is not None
    for text in ("one", "two"):
        write_text(register, text, table.io)
        assert read_text(register, table.io) == text
        with table.io.new_input(register).open() as stream:
            assert stream.read() == text.encode()
