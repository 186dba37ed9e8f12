"""What `relocate` wrote, and what clocks that step left, as Iceberg's own library reads it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.relocation.relocate import relocate
from tests.java_reader.comparison import assert_same_as_duckdb
from tests.java_reader.conftest import open_in_java
from tests.java_reader.java_reader import JavaCatalog, JavaProcess
from tests.lake.builders import FIRST, ORDERS, SECOND, open_lake, order_rows, publish_orders
from tests.lake.publish.merge.builders import LINES, merge, merge_of, row, rows_of
from tests.servers.postgres import PostgresDatabase


def test_a_relocated_lake_with_every_snapshot_and_its_dead_rows(
    lake: Lake, java: JavaProcess, database: PostgresDatabase, tmp_path: Path
):
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    publish_orders(lake, SECOND, order_rows(SECOND, 4))
    publish_orders(lake, FIRST, order_rows(FIRST, 2, "9.99"))
    merge(lake, merge_of(rows_of("O1", 40)))
    merge(lake, merge_of([row("O1", 1, "9.99")]))
    merge(lake, merge_of([row("O1", 2, "8.88")]))
    # The original is gone: whoever still looked there would fail.
    shutil.move(lake.settings.home, tmp_path / "moved")
    moved = open_lake(tmp_path / "moved", **database.settings())
    done = relocate(moved.settings)
    assert [each.delete_files for each in done] != [0, 0]

    reader = open_in_java(java, database, moved)
    for spec in (ORDERS, LINES):
        history = moved.history(spec)
        assert len(history) == 3
        assert_same_as_duckdb(reader.read(spec), moved, spec)
    oldest = moved.history(ORDERS)[-1].snapshot_id
    assert len(reader.read(ORDERS, snapshot=oldest).rows) == 3
    assert len(reader.read(LINES).rows) == 40

    merge(moved, merge_of([row("O1", 3, "7.77")]))
    assert_same_as_duckdb(reader.read(LINES), moved, LINES)


def test_a_table_written_by_clocks_that_step(
    lake: Lake, reader: JavaCatalog, monkeypatch: pytest.MonkeyPatch
):
    """Java refuses logs that run backwards by more than a minute."""
    real = time.time
    for number, days in enumerate((0, -10, 10, -10, 0), start=1):
        monkeypatch.setattr(time, "time", lambda days=days: real() + days * 86_400)
        publish_orders(lake, FIRST, order_rows(FIRST, number))
        assert len(reader.read(ORDERS).rows) == number
