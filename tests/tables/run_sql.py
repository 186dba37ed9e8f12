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

from resources.duckdb.known_faults import disabled_optimizers
from resources.identifiers import quoted
from resources.lake.model.table_spec import ColumnSpec, Severity
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling import Table, functions
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.loading.find_tables import find_tables
from warehouse_assets.modeling.sql.latest_versions import shown_rows
from warehouse_assets.modeling.sql.statement import Statement

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

    Inputs that are not given are empty, but for those declared in code: dim_date holds every day.
    """
    return GivenInputs(table, inputs, window, time_zone).run(window)


class GivenInputs:
    """A table's inputs as literal rows, to run its SQL over one window or several."""

    def __init__(
        self,
        table: Table,
        inputs: Mapping[str, Sequence[Row]],
        window: Window,
        time_zone: str,
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """`connection`: a session of the caller's own, with the functions of the warehouse."""
        unknown = set(inputs) - set(table.inputs)
        assert not unknown, f"{table.name} does not read {unknown}"
        self._table, self._inputs = table, inputs
        self._connection = connection or _session(time_zone)
        for name in table.inputs:
            source = known_tables()[name]
            rows = inputs[name] if name in inputs else _declared(source, window)
            all_rows = [plain_row(source, row, window) for row in rows]
            fill_table(self._connection, source, all_rows, f"{name} rows")

    def run(self, window: Window) -> list[Row]:
        """The rows that a run over the window publishes, in the order of their keys."""
        table = self._table
        # As the views of a run: what is not materialized is planned with the rest of the query.
        inputs = [
            f"{quoted(name)} AS NOT MATERIALIZED ({self._shown(name, reads, window)})"
            for name, reads in table.inputs.items()
        ]
        shown = f"WITH {', '.join(inputs)} " if inputs else ""
        columns = ", ".join(
            f"CAST({quoted(c.spec.name)} AS {c.spec.type}) AS {quoted(c.spec.name)}"
            for c in table.columns
        )
        partition = [table.partition_column] if table.partition_column else []
        order = ", ".join([*partition, *table.key])
        sql = f"{shown}SELECT {columns} FROM ({self._sql(window)}) ORDER BY {order}"
        return fetch_rows(self._connection, sql)

    def _shown(self, name: str, reads: ReadWindow, window: Window) -> str:
        source = known_tables()[name]
        return shown_rows(source, reads, _visible(source, reads, window), window)

    def _sql(self, window: Window) -> str:
        """The table's SQL; of one that is merged from a change log, all of the log at once."""
        table = self._table
        if table.sql is not None:
            return statement_of(table).text(window)
        assert table.logs, f"{table.name} has no SQL"
        [name] = table.logs
        days = sorted({row.get("dt", window.start) for row in self._inputs.get(name, ())})
        return table.materialization.rows_sql(table, known_tables()[name], quoted(name), days)


def broken_rules(table: Table, rows: Iterable[Row], time_zone: str = SHANGHAI) -> set[str]:
    """Names of what these rows break: declared checks, nulls, the unique key."""
    rows = list(rows)
    broken = {
        f"{c.spec.name}: null"
        for c in table.columns
        if not c.spec.nullable and any(row[c.spec.name] is None for row in rows)
    }
    names = (*table.key, *([table.partition_column] if table.partition_column else []))
    keys = [tuple(row[name] for name in names) for row in rows]
    if table.key and len(set(keys)) < len(keys):
        broken.add("unique_key")
    connection = _session(time_zone)
    fill_table(connection, table, rows, staged := f"{table.name} staged")
    rules = table.spec.rules
    failed = [
        f"COALESCE(NOT ({rule.expression}), TRUE)"
        if rule.whole_partition
        else f"bool_or(NOT ({rule.expression}))"
        for rule in rules
    ]
    found = connection.execute(
        f"SELECT {', '.join([*failed, 'count(*)'])} FROM {quoted(staged)}"
    ).fetchall()
    verdicts = zip(rules, found[0], strict=False)
    return broken | {rule.name for rule, is_broken in verdicts if is_broken}


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


_STATEMENTS: dict[str, Statement] = {}


def statement_of(table: Table) -> Statement:
    """A table's SQL, parsed once however often it is run."""
    assert table.sql is not None, f"{table.name} has no SQL"
    return _STATEMENTS.setdefault(table.sql, Statement(table, table.sql))


# Connection and table -> whether it holds rows: a table is made once, and emptied when it does.
_FILLED: dict[tuple[int, str], bool] = {}


def fill_table(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row], name: str
) -> None:
    """Have a table of the contract's columns hold the rows; on a connection that stays open."""
    place = (id(connection), name)
    if place not in _FILLED:
        create_table(connection, table, [], name)
    elif _FILLED[place]:
        connection.execute(f"DELETE FROM {quoted(name)}")
    _FILLED[place] = bool(rows)
    _insert(connection, table, rows, name)


def create_table(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row], name: str
) -> None:
    """Create a table of the contract's columns that holds the rows."""
    columns = [column.spec for column in table.columns]
    types = ", ".join(f"{quoted(c.name)} {c.type}" for c in columns)
    connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({types})")
    _insert(connection, table, rows, name)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row], name: str
) -> None:
    columns = [column.spec for column in table.columns]
    places = "(" + ", ".join("?" for _ in columns) + ")"
    for part in (rows[at : at + 500] for at in range(0, len(rows), 500)):
        values = [row[c.name] for row in part for c in columns]
        sql = f"INSERT INTO {quoted(name)} VALUES " + ", ".join(places for _ in part)
        connection.execute(sql, values)


@cache
def _session(time_zone: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET disabled_optimizers = '{disabled_optimizers()}'")
    functions.install(connection, time_zone)
    return connection


def fetch_rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = connection.execute(sql)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _visible(source: Table, reads: ReadWindow, window: Window) -> str:
    """A SELECT of the rows that lie in the partitions which a run over the window may see."""
    rows = f'SELECT * FROM "{source.name} rows"'
    partitions = reads.visible(window, *_published(window)).partitions
    if partitions is None:
        return rows
    # Every partition is published, so what may be seen has no gaps.
    return f"{rows} WHERE dt BETWEEN DATE '{min(partitions)}' AND DATE '{max(partitions)}'"


@cache
def _published(window: Window) -> tuple[dict[date | None, str], date]:
    """Each date around the window as published, and the first of them."""
    days = Window.of_days(window.start - timedelta(days=400), window.last + timedelta(days=40))
    return dict.fromkeys(days, "publication"), days.start


def _declared(table: Table, window: Window) -> list[Row]:
    """The rows of a table that is declared in code; of the calendar, the days that matter."""
    if table.rows is None:
        return []
    if table.name != "dim_date":
        return table.rows(Settings()).read_all().to_pylist()
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
