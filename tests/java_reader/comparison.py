"""What DuckDB reads of a table, through the lake, in the spelling of the Java reader."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from duckdb import DuckDBPyConnection

from resources.duckdb.engine import duckdb_session
from resources.identifiers import quoted
from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from resources.lake.read.table_snapshot import TableSnapshot
from tests.java_reader.java_reader import JavaTable, TextRow

# Name, and type as Iceberg calls it.
Columns = tuple[tuple[str, str], ...]

# What a type of DuckDB's must be called by Iceberg's library.
_ICEBERG_NAMES = {
    "BIGINT": "long",
    "INTEGER": "int",
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "DOUBLE": "double",
    "FLOAT": "float",
    "BLOB": "binary",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")

# How a value is spelled where a cast to VARCHAR would not do.
_SPELLED = {
    "TIMESTAMP WITH TIME ZONE": "CAST(epoch_us({0}) AS VARCHAR)",
    "TIMESTAMP": "CAST(epoch_us({0}) AS VARCHAR)",
    "BLOB": "hex({0})",
    "DOUBLE": "CAST({0} AS DOUBLE)",
    "FLOAT": "CAST({0} AS DOUBLE)",
}
_FLOATING = ("double", "float")


def assert_same_as_duckdb(
    java: JavaTable,
    lake: Lake,
    spec: TableSpec,
    snapshot: TableSnapshot | None = None,
    day: date | None = None,
) -> None:
    """Both readers give the same columns, types and rows, and the manifests say what is so."""
    relation = lake.relation_sql(snapshot or lake.snapshot(spec), {day: day} if day else None)
    with duckdb_session(lake.settings) as connection:
        assert_same_rows(java, connection, relation)
    assert tuple(name for name, _ in java.columns) == tuple(each.name for each in spec.columns)
    assert java.docs == tuple(column.doc for column in spec.columns)
    assert java.problems == ()


def assert_same_rows(java: JavaTable, connection: DuckDBPyConnection, select_sql: str) -> None:
    """The table has the names, types and rows that a SELECT gives, in whatever order."""
    columns, rows = _read(connection, select_sql)
    assert java.columns == columns
    found = Counter(_comparable(row, columns) for row in java.rows)
    expected = Counter(_comparable(row, columns) for row in rows)
    assert list((found - expected).elements())[:5] == [], "rows that only Java reads"
    assert list((expected - found).elements())[:5] == [], "rows that only DuckDB reads"


def _read(connection: DuckDBPyConnection, select_sql: str) -> tuple[Columns, list[TextRow]]:
    described = connection.execute(f"DESCRIBE ({select_sql})").fetchall()
    types = {str(name): str(type_) for name, type_, *_ in described}
    values = ", ".join(
        _SPELLED.get(type_, "CAST({0} AS VARCHAR)").format(quoted(name))
        for name, type_ in types.items()
    )
    rows = connection.execute(f"SELECT {values} FROM ({select_sql}) AS t").fetchall()
    return tuple((name, _iceberg_name(type_)) for name, type_ in types.items()), rows


def _iceberg_name(duckdb_type: str) -> str:
    if decimal := _DECIMAL.fullmatch(duckdb_type):
        return f"decimal({decimal[1]}, {decimal[2]})"
    return _ICEBERG_NAMES[duckdb_type]


def _comparable(row: TextRow, columns: Columns) -> TextRow:
    """The row with its floating-point numbers spelled by Python, exactly."""
    return tuple(
        repr(float(value)) if type_ in _FLOATING and value is not None else value
        for value, (_, type_) in zip(row, columns, strict=True)
    )
