"""Run one table's SQL over literal rows, as a run would, and compare what comes out.

A test names only the columns that matter; the others get plain values. Inputs are cut to the
partitions that the table's `reads` lets a run see.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pytest

from resources.identifiers import quoted
from resources.lake.table_spec import ColumnSpec, Severity
from resources.lake.window import Window
from warehouse_assets.modeling import Table, functions
from warehouse_assets.modeling.statement import Statement
from warehouse_assets.modeling.warehouse import find_tables

Row = dict[str, Any]

SHANGHAI = "Asia/Shanghai"
DAY = date(2026, 1, 10)
ONE_DAY = Window.of_day(DAY)


def run_sql(
    table: Table,
    inputs: Mapping[str, Sequence[Row]],
    window: Window = ONE_DAY,
    time_zone: str = SHANGHAI,
) -> list[Row]:
    """The rows that a run over the window publishes, in the order of their keys.

    Inputs that are not given are empty, but for dim_date, which holds every day.
    """
    assert table.sql is not None
    connection = _session(time_zone)
    for name in table.reads:
        source = known_tables()[name]
        rows = inputs.get(name, _calendar(window) if name == "dim_date" else ())
        seen = _visible(table, name, window, [plain_row(source, row, window) for row in rows])
        _create(connection, source, seen, name)
    unknown = set(inputs) - set(table.reads)
    assert not unknown, f"{table.name} does not read {unknown}"
    columns = ", ".join(
        f"CAST({quoted(c.spec.name)} AS {c.spec.type}) AS {quoted(c.spec.name)}"
        for c in table.columns
    )
    order = ", ".join(["dt", *table.key])
    sql = Statement(table, table.sql).text(window)
    return _fetch(connection, f"SELECT {columns} FROM ({sql}) ORDER BY {order}")


def broken_rules(table: Table, rows: Iterable[Row], time_zone: str = SHANGHAI) -> set[str]:
    """Names of what these rows break: declared checks, nulls, the unique key."""
    rows = list(rows)
    broken = {
        f"{c.spec.name}: null"
        for c in table.columns
        if not c.spec.nullable and any(row[c.spec.name] is None for row in rows)
    }
    names = (*table.key, table.partition_column or "dt")
    keys = [tuple(row[name] for name in names) for row in rows]
    if table.key and len(set(keys)) < len(keys):
        broken.add("unique_key")
    connection = _session(time_zone)
    _create(connection, table, rows, "staged")
    for rule in table.spec.rules:
        wrong = f"NOT ({rule.expression})"
        failed = f"count_if({wrong})" if not rule.whole_partition else wrong
        sql = f"SELECT {failed} AS failed FROM staged"
        if _fetch(connection, sql)[0]["failed"]:
            broken.add(rule.name)
    return broken


def blocking_rules(table: Table) -> set[str]:
    """Names of everything that would stop a publish of the table."""
    declared = {rule.name for rule in table.spec.rules if rule.severity is Severity.ERROR}
    return declared | {"unique_key"} | {f"{c.spec.name}: null" for c in table.columns}


def expect(rows: Sequence[Row], expected: Sequence[Row]) -> None:
    """Fail unless the rows are the expected ones, in any order, on the columns expected.

    Numbers may be written as text ("12.50") or int where the column is a decimal.
    """
    names = list(dict.fromkeys(name for row in expected for name in row))
    found = sorted(_line({name: row[name] for name in names or row}) for row in rows)
    wanted = sorted(_line({name: row.get(name) for name in names}) for row in expected)
    if found != wanted:
        difference = difflib.ndiff(wanted, found)
        pytest.fail(
            "rows differ (- expected, + found):\n"
            + "\n".join(line for line in difference if not line.startswith("?")),
            pytrace=False,
        )


def plain_row(table: Table, row: Row, window: Window = ONE_DAY) -> Row:
    """The row with plain values in the columns it does not name."""
    columns = {column.spec.name: column.spec for column in table.columns}
    unknown = set(row) - set(columns)
    assert not unknown, f"{table.name} has no column {', '.join(sorted(unknown))}"
    day = row.get("dt", window.start)
    return {n: row[n] if n in row else _plain(spec, day) for n, spec in columns.items()}


def at(text: str, time_zone: str = "+08:00") -> datetime:
    """An instant from "2026-01-10 23:30", in Shanghai unless another offset is given."""
    return datetime.fromisoformat(text + time_zone).astimezone(UTC)


@cache
def known_tables() -> dict[str, Table]:
    """Every table of the warehouse by name."""
    return {table.name: table for table in find_tables()}


@cache
def _session(time_zone: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    functions.install(connection, time_zone)
    return connection


def _create(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row], name: str
) -> None:
    columns = [column.spec for column in table.columns]
    types = ", ".join(f"{quoted(c.name)} {c.type}" for c in columns)
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({types})")
    if rows:
        places = "(" + ", ".join("?" for _ in columns) + ")"
        values = [row[c.name] for row in rows for c in columns]
        sql = f"INSERT INTO {quoted(name)} VALUES " + ", ".join(places for _ in rows)
        connection.execute(sql, values)


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _visible(table: Table, name: str, window: Window, rows: list[Row]) -> list[Row]:
    horizon = Window.of_days(window.start - timedelta(days=400), window.last + timedelta(days=40))
    published = dict.fromkeys(horizon, "publication")
    partitions = table.reads[name].visible(window, published, horizon.start).partitions
    return rows if partitions is None else [row for row in rows if row["dt"] in partitions]


def _calendar(window: Window) -> list[Row]:
    days = Window.of_days(window.start - timedelta(days=40), window.last + timedelta(days=5))
    return [{"dt": day} for day in days]


def _plain(spec: ColumnSpec, day: date) -> Any:
    """What a column holds in a test that does not care."""
    if spec.nullable:
        return None
    if spec.name == "currency":
        return "CNY"
    match spec.type:
        case "VARCHAR":
            return ""
        case "BOOLEAN":
            return False
        case "DATE":
            return day
        case "TIMESTAMP WITH TIME ZONE":
            return datetime.combine(day, time(4), UTC)
        case _:
            return 0


def _line(row: Mapping[str, Any]) -> str:
    return "  ".join(f"{name}={_shown(value)}" for name, value in row.items())


def _shown(value: Any) -> str:
    """Decimals without trailing zeros and instants in UTC, so that equal values look equal."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdigit():
        value = Decimal(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():f}"
    return str(value)
