"""Staging: the contract's types, ids and order in the files, or an error that says why not."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from duckdb import DuckDBPyConnection

from resources.errors import DataError, EngineError, StorageError
from resources.lake.model.window import Window
from tests.lake.write.builders import (
    FIRST,
    LINES,
    LINES_SQL,
    ONE_DAY,
    ONE_DAY_SQL,
    SECOND,
    THIRD,
    THREE_DAYS,
    spec_of,
    staged_rows,
)


@pytest.mark.parametrize(("window", "query"), [(ONE_DAY, ONE_DAY_SQL), (THREE_DAYS, LINES_SQL)])
def test_files_have_the_contracts_types_order_and_field_ids(
    connection: DuckDBPyConnection, folder: Path, window: Window, query: str
) -> None:
    staged = staged_rows(connection, folder, query, window=window)
    assert len(staged.files) == len(list(window))
    for file in staged.files:
        schema = pyarrow.parquet.read_schema(file.path)
        assert schema.names == [column.name for column in LINES.columns]
        assert schema.types == [
            pyarrow.string(),
            pyarrow.int64(),
            pyarrow.decimal128(18, 2),
            pyarrow.timestamp("us", tz="UTC"),
            pyarrow.bool_(),
            pyarrow.date32(),
        ]
        ids = [field.metadata[b"PARQUET:field_id"] for field in schema]
        assert ids == [b"1", b"2", b"3", b"4", b"5", b"6"]
        group = pyarrow.parquet.read_metadata(file.path).row_group(0)
        assert {group.column(n).compression for n in range(6)} == {"ZSTD"}


def test_one_day_is_told_from_the_rows(connection: DuckDBPyConnection, folder: Path) -> None:
    staged = staged_rows(connection, folder, ONE_DAY_SQL)
    assert [(file.partition, file.rows) for file in staged.files] == [(FIRST, 12)]
    assert staged.files[0].bytes == Path(staged.files[0].path).stat().st_size


def test_several_days_are_split(connection: DuckDBPyConnection, folder: Path) -> None:
    staged = staged_rows(connection, folder, LINES_SQL, window=THREE_DAYS)
    rows = {file.partition: file.rows for file in staged.files}
    assert rows == {FIRST: 4, SECOND: 4, THIRD: 4}
    for file in staged.files:
        # The partition is in the file too: nobody has to read it out of a path.
        days = pyarrow.parquet.ParquetFile(file.path).read().column("dt").unique()
        assert days.to_pylist() == [file.partition]


def test_rows_of_several_days_in_a_day_have_no_partition(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    staged = staged_rows(connection, folder, LINES_SQL)
    assert [(file.partition, file.rows) for file in staged.files] == [(None, 12)]


@pytest.mark.parametrize("window", [ONE_DAY, THREE_DAYS])
def test_no_rows_leave_no_files(
    connection: DuckDBPyConnection, folder: Path, window: Window
) -> None:
    staged = staged_rows(connection, folder, f"{LINES_SQL} WHERE false", window=window)
    assert staged.files == ()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("window", [ONE_DAY, THREE_DAYS])
def test_rows_are_sorted_as_declared(
    connection: DuckDBPyConnection, folder: Path, window: Window
) -> None:
    spec = replace(LINES, sort_by=("pay_amount", "order_no"))
    query = f"SELECT * REPLACE (-pay_amount AS pay_amount) FROM ({LINES_SQL})"
    staged = staged_rows(connection, folder, query, spec, window)
    assert len(staged.files) == len(list(window))
    for file in staged.files:
        table = pyarrow.parquet.ParquetFile(file.path).read()
        amounts = table.column("pay_amount").to_pylist()
        assert amounts == sorted(amounts)


def test_a_table_replaced_whole_needs_no_window(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    spec = spec_of({"city": "VARCHAR"}, partition=None)
    staged = staged_rows(connection, folder, "SELECT 'Xi''an' AS city", spec, window=None)
    assert [(file.partition, file.rows) for file in staged.files] == [(None, 1)]


def test_sql_may_end_in_a_semicolon_or_a_comment(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    assert staged_rows(connection, folder, f"{ONE_DAY_SQL};").files
    assert staged_rows(connection, folder, f"{ONE_DAY_SQL} -- the end").files


def test_a_wide_sum_is_cast_to_the_contracts_type(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    spec = spec_of({"order_count": "BIGINT"}, partition=None)
    staged = staged_rows(connection, folder, "SELECT sum(1) AS order_count", spec, None)
    assert pyarrow.parquet.read_table(staged.files[0].path).to_pylist() == [{"order_count": 1}]


def test_missing_and_unknown_columns_are_named(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    query = f"SELECT * RENAME (pay_amount AS paid) FROM ({LINES_SQL})"
    with pytest.raises(DataError) as refused:
        staged_rows(connection, folder, query)
    assert "Missing: pay_amount. Unknown: paid" in refused.value.message
    assert "fact.dwd_order_detail, 2026-03-01" in refused.value.message


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("DECIMAL(18,2)", "1.005"),
        ("DATE", "TIMESTAMPTZ '2026-03-01 23:59:59Z'"),
        ("DECIMAL(18,2)", "CAST(1 AS DOUBLE)"),
        ("BIGINT", "1.5"),
        ("BIGINT", "CAST(1 AS FLOAT)"),
    ],
)
def test_digits_are_never_cut_silently(
    connection: DuckDBPyConnection, folder: Path, type_: str, value: str
) -> None:
    spec = spec_of({"pay_amount": type_}, partition=None)
    with pytest.raises(DataError, match=r"pay_amount.*rounded or cut silently"):
        staged_rows(connection, folder, f"SELECT {value} AS pay_amount", spec, None)


def test_values_that_do_not_fit_are_counted_and_shown(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    query = f"""
        SELECT * REPLACE (
            CASE WHEN line_no = 1 AND order_no IN ('A3', 'A4') THEN 10::DECIMAL(38,2) ** 20
            ELSE pay_amount END :: DECIMAL(38,2) AS pay_amount,
            CAST(100000000000000000000 AS HUGEINT) AS line_no
        ) FROM ({ONE_DAY_SQL})
    """
    with pytest.raises(DataError) as refused:
        staged_rows(connection, folder, query)
    message = refused.value.message
    assert "fact.dwd_order_detail, 2026-03-01" in message
    assert "Column line_no, BIGINT: 12 rows, for example '1000000000" in message
    assert "Column pay_amount, DECIMAL(18,2): 2 rows, for example '1000000000" in message


def test_a_value_that_fails_inside_the_query_is_a_data_error(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    query = f"SELECT * REPLACE (CAST(order_no AS BIGINT) AS line_no) FROM ({LINES_SQL})"
    with pytest.raises(DataError, match=r"(?s)inside the query.*'A"):
        staged_rows(connection, folder, query)


def test_wrong_sql_is_an_engine_error(connection: DuckDBPyConnection, folder: Path) -> None:
    with pytest.raises(EngineError, match=r"fact.dwd_order_detail, 2026-03-01"):
        staged_rows(connection, folder, "SELECT nothing FROM nowhere")


def test_too_little_memory_and_disk_is_an_engine_error(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    connection.execute("SET memory_limit = '20MiB'")
    connection.execute("SET max_temp_directory_size = '1MiB'")
    spec = replace(spec_of({"n": "BIGINT"}, partition=None), sort_by=("n",))
    with pytest.raises(EngineError, match=r"LEDGERLAKE_MEMORY"):
        staged_rows(connection, folder, "SELECT range AS n FROM range(5_000_000)", spec, None)


@pytest.mark.parametrize("damage", ["missing", "cut", "not parquet"])
def test_a_damaged_input_file_is_a_storage_error(
    connection: DuckDBPyConnection, folder: Path, damage: str
) -> None:
    path = folder / "input.parquet"
    connection.execute(f"COPY ({ONE_DAY_SQL}) TO '{path}' (FORMAT parquet)")
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    else:
        path.write_text("order_no,line_no\n")
    with pytest.raises(StorageError, match=r"fact.dwd_order_detail"):
        staged_rows(connection, folder, f"SELECT * FROM read_parquet('{path}')")


def test_a_folder_that_cannot_be_made_is_a_storage_error(
    connection: DuckDBPyConnection, folder: Path
) -> None:
    (folder / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"fact.dwd_order_detail"):
        staged_rows(connection, folder / "file" / "attempt", ONE_DAY_SQL)


def test_money_stays_decimal(connection: DuckDBPyConnection, folder: Path) -> None:
    staged = staged_rows(connection, folder, ONE_DAY_SQL)
    amounts = pyarrow.parquet.read_table(staged.files[0].path).column("pay_amount").to_pylist()
    assert sorted(amounts) == [Decimal(n) + Decimal("0.25") for n in range(12)]


@pytest.mark.parametrize("kind", ["DOUBLE", "FLOAT"])
def test_a_zero_keeps_its_sign(connection: DuckDBPyConnection, folder: Path, kind: str) -> None:
    """The engine's dictionaries take -0.0 for 0.0."""
    spec = spec_of({"number": "BIGINT", "rate": kind}, partition=None)
    zeros = f"CAST(CASE WHEN n % 3 = 0 THEN '-0.0' ELSE '0.0' END AS {kind})"
    query = f"SELECT n AS number, {zeros} AS rate FROM range(3000) AS numbers (n)"
    [file] = staged_rows(connection, folder, query, spec, None).files
    rates = pyarrow.parquet.ParquetFile(file.path).read(["rate"])["rate"].to_pylist()
    assert sum(math.copysign(1, rate) < 0 for rate in rates) == 1000
