"""Answering SELECTs with DuckDB: StarRocks' SQL in, rows and MySQL's column types out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from mysql_mimic.results import ResultColumn
from mysql_mimic.types import ColumnType
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from resources.duckdb.engine import duckdb_session
from resources.identifiers import quoted
from resources.settings import Settings
from tests.starrocks_stand_in.errors import analysis_error, refused, syntax_error

Relation = str | pa.Table
"""A SELECT, or rows."""

Resolve = Callable[[tuple[str, ...]], Relation]
"""From a table's name in parts to its rows."""

_TYPES = {
    "BOOLEAN": ColumnType.TINY,
    "TINYINT": ColumnType.TINY,
    "SMALLINT": ColumnType.SHORT,
    "INTEGER": ColumnType.LONG,
    "BIGINT": ColumnType.LONGLONG,
    "HUGEINT": ColumnType.LONGLONG,
    "FLOAT": ColumnType.FLOAT,
    "DOUBLE": ColumnType.DOUBLE,
    "DATE": ColumnType.DATE,
    "BLOB": ColumnType.BLOB,
}


@dataclass(frozen=True)
class Rows:
    """A result set."""

    columns: Sequence[ResultColumn]
    rows: Sequence[Sequence[Any]]


def texts(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Rows:
    """A result set whose columns are all text."""
    columns = [ResultColumn(name, ColumnType.VAR_STRING) for name in names]
    shown = [tuple(None if value is None else str(value) for value in row) for row in rows]
    return Rows(columns, shown)


class Engine:
    """One DuckDB database. To be used under the cluster's lock."""

    def __init__(self, settings: Settings) -> None:
        self._stack = ExitStack()
        self._connection = self._stack.enter_context(duckdb_session(settings))

    def close(self) -> None:
        """Close its connection."""
        self._stack.close()

    def select(self, statement: str, resolve: Resolve) -> Rows:
        """The rows of a SELECT over the tables that `resolve` knows.

        Raises:
            SqlError: If the statement cannot be parsed or DuckDB refuses it.
        """
        cursor = self._execute(self._translated(statement, resolve))
        described = cursor.description or []
        columns = [ResultColumn(name, _type_of(str(type_))) for name, type_, *_ in described]
        return Rows(columns, [tuple(map(_shown, row)) for row in cursor.fetchall()])

    def store(self, name: str, statement: str, resolve: Resolve, where: str | None) -> None:
        """Put the SELECT's rows into a table of the engine's own.

        Args:
            where: Condition on the rows that are replaced; None: the table is made, empty.
        """
        query = self._translated(statement, resolve)
        if where is None:
            self._execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {query} LIMIT 0")
            return
        self._execute(f"DELETE FROM {quoted(name)} WHERE {where}")
        self._execute(f"INSERT INTO {quoted(name)} SELECT * FROM ({query}) WHERE {where}")

    def count(self, name: str) -> int:
        """How many rows a table of the engine's own has."""
        row = self._execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()
        assert row is not None
        return int(row[0])

    def drop(self, name: str) -> None:
        """Take away a table of the engine's own."""
        self._execute(f"DROP TABLE IF EXISTS {quoted(name)}")

    def _execute(self, query: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(query)
        except duckdb.IOException as error:
            raise refused(f"Remote file not found or unreadable: {_one_line(error)}") from error
        except duckdb.Error as error:
            raise analysis_error(_one_line(error)) from error

    def _translated(self, statement: str, resolve: Resolve) -> str:
        try:
            tree = parse_one(statement, dialect="starrocks")
        except SqlglotError as error:
            raise syntax_error(statement) from error
        within = {each.alias for each in tree.find_all(exp.CTE)}
        for number, table in enumerate(list(tree.find_all(exp.Table))):
            parts = tuple(part.name for part in table.parts)
            if table.args.get("version") is not None:
                raise refused("The stand-in reads no older snapshots")
            if len(parts) == 1 and parts[0] in within:
                continue
            view = exp.to_table(self._view(number, resolve(parts)), quoted=True)
            table.replace(exp.alias_(view, table.alias or parts[-1], table=True, quoted=True))
        for column in tree.find_all(exp.Column):
            # A column that is named with catalog and database is one of the table of that name.
            column.set("catalog", None)
            column.set("db", None)
        return tree.sql(dialect="duckdb")

    def _view(self, number: int, relation: Relation) -> str:
        name = f"relation_{number}"
        if isinstance(relation, str):
            self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {relation}")
        else:
            self._connection.execute(f"DROP VIEW IF EXISTS {name}")
            self._connection.register(name, relation)
        return name


def _type_of(type_: str) -> ColumnType:
    if type_.startswith("DECIMAL"):
        return ColumnType.NEWDECIMAL
    if type_.startswith("TIMESTAMP"):
        return ColumnType.DATETIME
    return _TYPES.get(type_, ColumnType.VAR_STRING)


def _shown(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return value


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]
