"""Whatever was done to a table, Iceberg's own library reads of it what DuckDB reads."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from resources.identifiers import text_literal
from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot
from tests.java_reader.comparison import assert_same_as_duckdb
from tests.java_reader.java_reader import JavaCatalog, JavaReaderError
from tests.lake.builders import (
    CITIES,
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    files_in_snapshot,
    order_rows,
    publish_orders,
    publish_sql,
)
from tests.lake.publish.merge.builders import LINES, WIDER_LINES, merge, merge_of, row, rows_of
from tests.lake.publish.merge.test_model import MERGES, Step, a_merge, rewriting_early

__all__ = ["rewriting_early"]


def test_replaced_partitions_and_every_snapshot_before(lake: Lake, reader: JavaCatalog):
    both = Window.of_days(FIRST, SECOND)
    snapshots: list[TableSnapshot] = []
    for window, rows in (
        (both, order_rows(FIRST, 3) + order_rows(SECOND, 4)),
        (FIRST, order_rows(FIRST, 2, "9.99", start=50)),
        (Window.of_days(SECOND, THIRD), [(1, None, THIRD)]),
    ):
        publish_orders(lake, window, rows)
        snapshots.append(lake.snapshot(ORDERS))

    for snapshot, rows_then in zip(snapshots, (7, 6, 3), strict=True):
        table = reader.read(ORDERS, snapshot=snapshot.snapshot_id)
        assert_same_as_duckdb(table, lake, ORDERS, snapshot)
        assert len(table.rows) == rows_then
    latest = reader.read(ORDERS)
    assert latest.snapshots == tuple(snapshot.snapshot_id for snapshot in snapshots)
    assert latest.snapshot == snapshots[-1].snapshot_id
    assert reader.read(ORDERS, day=SECOND).rows == ()  # published without rows
    assert reader.read(ORDERS, day=THIRD).rows == (("1", None, str(THIRD)),)


def test_a_table_replaced_whole(lake: Lake, reader: JavaCatalog):
    for city in ("O'Higgins", "大阪\n\u2028", ""):
        select = f"SELECT CAST(1 AS BIGINT) AS city_id, {text_literal(city)} AS city_name"
        publish_sql(lake, CITIES, None, select)
        table = reader.read(CITIES)
        assert_same_as_duckdb(table, lake, CITIES)
        assert table.rows == (("1", city),)
        assert table.partitioned_by == ()


SALE_ID = ColumnSpec("sale_id", "INTEGER", "Sale.")
AMOUNT = ColumnSpec("amount", "DECIMAL(9,2)", "What was paid.", nullable=True)
RATE = ColumnSpec("rate", "FLOAT", "Share.", nullable=True)
CITY = ColumnSpec("city", "VARCHAR", "City.", nullable=True)
DAY = ColumnSpec("dt", "DATE", "Business date.")

SALES = TableSpec(
    namespace="fact",
    name="dwd_sale",
    doc="Sales.",
    columns=(SALE_ID, AMOUNT, RATE, CITY, DAY),
    partition_column="dt",
)

WIDE = (
    replace(SALE_ID, type="BIGINT"),
    replace(AMOUNT, type="DECIMAL(38,2)"),
    replace(RATE, type="DOUBLE"),
)
TOWN = replace(CITY, name="town", was="city", doc="Town.")
NEW_CITY = ColumnSpec("city", "BIGINT", "Number of the city.", nullable=True)

EVOLUTION = (
    SALES,
    replace(SALES, columns=(*WIDE, CITY, DAY)),
    replace(SALES, columns=(*WIDE, TOWN, DAY)),
    replace(SALES, columns=(NEW_CITY, *WIDE, TOWN, DAY)),  # a dropped name comes back as another
    replace(SALES, columns=(DAY, NEW_CITY, *WIDE), dropped=("town",)),
)


def one_sale(spec: TableSpec, day: date) -> str:
    """One row of the day with a value in every column."""
    values = {"VARCHAR": "'Lima'", "DATE": f"DATE '{day}'", "INTEGER": "7", "BIGINT": "8"}
    return "SELECT " + ", ".join(
        f"CAST({values.get(column.type, '0.1')} AS {column.type}) AS {column.name}"
        for column in spec.columns
    )


def test_a_table_that_evolved_and_its_snapshots_in_the_schema_of_their_time(
    lake: Lake, reader: JavaCatalog
):
    snapshots: list[TableSnapshot] = []
    for number, spec in enumerate(EVOLUTION):
        day = FIRST + timedelta(days=number)
        publish_sql(lake, spec, Window.of_day(day), one_sale(spec, day))
        snapshots.append(lake.snapshot(spec))
        table = reader.read(spec)
        assert_same_as_duckdb(table, lake, spec)
        assert len(table.rows) == number + 1

    for spec, snapshot in zip(EVOLUTION, snapshots, strict=True):
        assert_same_as_duckdb(
            reader.read(spec, snapshot=snapshot.snapshot_id), lake, spec, snapshot
        )


def test_merges_mark_rows_dead_that_no_reader_sees(lake: Lake, reader: JavaCatalog):
    merge(lake, merge_of([*rows_of("A", 60), *rows_of("B", 40)]))
    snapshots = [lake.snapshot(LINES)]
    merge(lake, merge_of([row("A", 7, "9.00"), row("C", 1, None)], [("A", 7), ("B", 3)]))
    snapshots.append(lake.snapshot(LINES))
    merge(lake, merge_of([row("A", 7, "8.00", "again")], [("A", 7), ("B", 4), ("C", 1)]))
    snapshots.append(lake.snapshot(LINES))

    for snapshot, rows, has_deletes in zip(
        snapshots, (100, 100, 98), (False, True, True), strict=True
    ):
        table = reader.read(LINES, snapshot=snapshot.snapshot_id)
        assert_same_as_duckdb(table, lake, LINES, snapshot)
        assert (len(table.rows), table.delete_files > 0) == (rows, has_deletes)


def test_merges_before_and_after_a_column_came(lake: Lake, reader: JavaCatalog):
    merge(lake, merge_of(rows_of("A", 50)))
    merge(lake, merge_of([row("A", 1, "2.00")]))
    change = merge_of([row("A", 2, "3.00")])
    wider = replace(change, rows_sql=f"SELECT *, 'Lima' AS city FROM ({change.rows_sql})")
    merge(lake, wider, spec=WIDER_LINES)

    table = reader.read(WIDER_LINES)
    assert_same_as_duckdb(table, lake, WIDER_LINES)
    assert table.delete_files > 0
    assert len([each for each in table.rows if each[3] == "Lima"]) == 1


NUMBERS = count()


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(sequence=MERGES)
@pytest.mark.usefixtures("rewriting_early")
def test_any_sequence_of_merges(lake: Lake, reader: JavaCatalog, sequence: list[Step]):
    name = f"dwd_order_line_{next(NUMBERS)}"
    lines, wider = replace(LINES, name=name), replace(WIDER_LINES, name=name)
    spec = lines
    for rows, out, widens in sequence:
        spec = wider if widens else spec
        merge(lake, a_merge(rows, out, spec is wider), spec=spec)
        assert_same_as_duckdb(reader.read(spec), lake, spec)
    lake.maintain(spec)
    assert_same_as_duckdb(reader.read(spec), lake, spec)


@pytest.fixture
def impatient_lake(lake: Lake) -> Lake:
    """The lake, with settings that let nothing stay for long."""
    impatience = {"snapshots_kept": 2, "snapshot_hours": 0, "orphan_hours": 0}
    return Lake(lake.settings.model_copy(update=impatience))


def test_what_maintenance_expired_rewrote_and_deleted(impatient_lake: Lake, reader: JavaCatalog):
    lake = impatient_lake
    for number in range(5):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number))
        publish_orders(lake, SECOND, order_rows(SECOND, 2))
        merge(lake, merge_of([*rows_of(f"{number}", 3), row("Z", 1)]))
    before = {spec.name: reader.read(spec) for spec in (ORDERS, LINES)}
    reports = [lake.maintain(spec) for spec in (ORDERS, LINES)]

    assert all(report.snapshots_expired and report.files_deleted for report in reports)
    assert reports[1].files_compacted > 0
    for spec in (ORDERS, LINES):
        table = reader.read(spec)
        assert_same_as_duckdb(table, lake, spec)
        assert sorted(table.rows) == sorted(before[spec.name].rows)
        for kept in table.snapshots:
            reader.read(spec, snapshot=kept)
        expired = before[spec.name].snapshots[0]
        assert expired not in table.snapshots
        with pytest.raises(JavaReaderError, match=f"no snapshot {expired}"):
            reader.read(spec, snapshot=expired)


def test_figures_that_are_not_those_of_the_file_are_found(lake: Lake, reader: JavaCatalog):
    """The reader's own check can fail: a file is put in the place of another."""
    publish_orders(lake, FIRST, order_rows(FIRST, 3, "5.00"))
    (good,) = files_in_snapshot(lake)
    publish_orders(lake, FIRST, [*order_rows(FIRST, 3, "6.00", start=9), (1, None, FIRST)])
    (other,) = files_in_snapshot(lake)
    shutil.copy(Path(good), Path(other))

    problems = "\n".join(reader.read(ORDERS).problems)
    for found in ("bytes", "has 3 rows", "pay_amount has 0 nulls, not 1", "5.00 below 6.00"):
        assert found in problems
    assert "order_id has 3 nulls" not in problems
