"""Committed data files are as pyiceberg itself makes them of the same Parquet files."""

from __future__ import annotations

from dataclasses import replace

from pyiceberg.io.pyarrow import parquet_file_to_data_file

from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.lake.write.data_files import data_files
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    files_in_snapshot,
    order_rows,
    publish_orders,
    publish_sql,
    select_of,
)


def test_each_file_is_as_pyiceberg_makes_it(lake: Lake) -> None:
    both = [*order_rows(FIRST, 30), *order_rows(SECOND, 2), (9, None, SECOND)]
    publish_orders(lake, Window.of_days(FIRST, SECOND), both)
    # Files of other columns in the same table.
    wider = replace(ORDERS, columns=(*ORDERS.columns, ColumnSpec("note", "VARCHAR", "A note.")))
    rows = select_of(order_rows(THIRD, 3))
    publish_sql(lake, wider, Window.of_day(THIRD), f"SELECT *, 'x' AS note FROM ({rows})")
    table = lake.snapshot(wider).table
    assert table is not None
    locations = sorted(files_in_snapshot(lake))
    assert len(locations) == 3
    ours = data_files(table.io, table.metadata, locations)
    theirs = [parquet_file_to_data_file(table.io, table.metadata, each) for each in locations]
    assert [str(each) for each in ours] == [str(each) for each in theirs]
