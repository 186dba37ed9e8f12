"""Keys of rows, held in a temporary table of the engine while something is done with them."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted
from resources.lake.model.table_spec import ColumnSpec, TableSpec


@dataclass(frozen=True)
class Keys:
    """Keys in a temporary table that has the columns. One may be there several times."""

    table: str
    columns: tuple[ColumnSpec, ...]
    rows: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def equal(self, left: str, right: str) -> str:
        """SQL: the key of the relation `left` is that of `right`. A NULL equals a NULL."""
        return " AND ".join(
            f"{left}.{quoted(each.name)} {'IS NOT DISTINCT FROM' if each.nullable else '='} "
            f"{right}.{quoted(each.name)}"
            for each in self.columns
        )

    def bounds(self, connection: DuckDBPyConnection) -> tuple[Any, ...]:
        """The lowest and the highest value of the first column."""
        first = quoted(self.columns[0].name)
        found = connection.execute(f"SELECT min({first}), max({first}) FROM {self.table}")
        return found.fetchall()[0]


@contextmanager
def hold_keys(
    connection: DuckDBPyConnection, spec: TableSpec, names: Sequence[str], select_sql: str
) -> Generator[Keys]:
    """Hold the columns `names` of what the SELECT gives, in the contract's types."""
    columns = tuple(spec.column(name) for name in names)
    cast = ", ".join(column.cast(quoted(column.name)) for column in columns)
    query = select_sql.strip().rstrip(";")
    with temporary_table(connection, f"SELECT {cast} FROM (\n{query}\n) AS query") as table:
        count = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        yield Keys(table, columns, count)


@contextmanager
def temporary_table(connection: DuckDBPyConnection, select_sql: str) -> Generator[str]:
    """The query's rows as a temporary table of a name that nobody else has, dropped at the end."""
    name = quoted(f"ledgerlake {uuid.uuid4().hex}")
    connection.execute(f"CREATE TEMP TABLE {name} AS {select_sql}")
    try:
        yield name
    finally:
        connection.execute(f"DROP TABLE {name}")
