"""A look sees what the lake's own way of reading sees, makes nothing, and sees one moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.errors import LakeMissing, StorageError
from resources.lake.lake import Lake
from resources.lake.read_only_lake import ReadOnlyLake
from resources.settings import Settings
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    folder_of,
    open_engine,
    order_rows,
    publish_orders,
    read,
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def rows_seen(lake: Lake) -> list[tuple[object, ...]]:
    with open_engine(lake) as connection:
        sql = lake.relation_sql(lake.snapshot(ORDERS), None)
        return sorted(connection.execute(sql).fetchall())


def test_a_look_sees_what_is_published(lake: Lake) -> None:
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    look = ReadOnlyLake(lake.settings)
    snapshot, own = look.snapshot(ORDERS), lake.snapshot(ORDERS)
    assert look.tables() == lake.tables()
    assert (snapshot.snapshot_id, snapshot.published, snapshot.rows_from) == (
        own.snapshot_id,
        own.published,
        own.rows_from,
    )
    assert (snapshot.rows, snapshot.location) == (own.rows, own.location) == (5, own.location)
    record, own_record = look.record(snapshot, FIRST), lake.record(own, FIRST)
    assert record == own_record
    assert record is not None
    assert snapshot.columns_without_values(record) == own.columns_without_values(record) == []
    assert sorted(read(lake)) == rows_seen(look) == rows_seen(ReadOnlyLake(lake.settings))
    assert snapshot.table is not None
    assert snapshot.table.metadata == own.table.metadata if own.table else False


def test_a_look_is_of_one_moment_and_the_next_sees_what_came(lake: Lake) -> None:
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    look = ReadOnlyLake(lake.settings)
    assert len(rows_seen(look)) == 3
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    assert len(rows_seen(look)) == 3
    assert len(rows_seen(ReadOnlyLake(lake.settings))) == 1


def test_a_data_file_that_is_gone_is_noticed_though_its_plan_is_kept(lake: Lake) -> None:
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    rows_seen(ReadOnlyLake(lake.settings))
    for file in data_files(lake):
        (folder_of(lake) / file).unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        rows_seen(ReadOnlyLake(lake.settings))


def test_a_damaged_plan_is_made_anew(lake: Lake, own_cache: Path) -> None:
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    rows_seen(ReadOnlyLake(lake.settings))
    kept = list((own_cache / "ledgerlake").glob("*.relation"))
    assert kept
    for file in kept:
        file.write_bytes(b"{")
    assert len(rows_seen(ReadOnlyLake(lake.settings))) == 3


def test_a_table_never_published_is_empty(lake: Lake) -> None:
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    folder = folder_of(lake)
    assert folder.exists()
    from tests.lake.builders import CITIES

    snapshot = ReadOnlyLake(lake.settings).snapshot(CITIES)
    assert (snapshot.published, snapshot.snapshot_id, snapshot.table, snapshot.rows) == (
        {},
        None,
        None,
        None,
    )


def test_no_lake_is_made_by_looking(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "nothing")
    with pytest.raises(LakeMissing, match="no lake here"):
        ReadOnlyLake(settings)
    assert not settings.home.exists()
