"""A session of read-only queries: what is refused, what a query sees, what its errors say."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from resources.duckdb.sandbox import QueryError, check_query, seal
from resources.errors import InputMissing
from resources.identifiers import quoted, text_literal
from resources.lake.model.table_spec import no_rows
from resources.lake.read_only_lake import ReadOnlyLake
from warehouse_assets.command_line.queries.rows import (
    QUARANTINE,
    add_view,
    interruptible,
    published_snapshot,
    query_session,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.model.table_spec import TableSpec
    from resources.settings import Settings

_COMMENT = r"(?:\s|--[^\n]*\n|/\*.*?\*/)"
_SHOW_TABLES = re.compile(rf"{_COMMENT}*SHOW\s+(?:ALL\s+)?TABLES{_COMMENT}*;?\s*", re.I | re.S)
_ABOUT = re.compile(
    rf"{_COMMENT}*(EXPLAIN(?:\s+ANALYZE)?|DESCRIBE|DESC|SUMMARIZE|SHOW)\b(.*)", re.I | re.S
)
_NAME = re.compile(r'\s*(?:"?\w+"?\.)?"?\w+"?\s*;?\s*')
_MEASURE = re.compile(r"\bMEASURE\s*\(\s*(?:\w+\.)?(\w+)", re.I)
_READS = re.compile(r"\b(?:FROM|JOIN|TABLE|PIVOT|UNPIVOT)\b", re.I)
_WORD = re.compile(r"\w+")
_MISSING = re.compile(r"Table with name (\S+) does not exist")
_CATALOG = frozenset(
    ("information_schema", "pg_catalog", "duckdb_tables", "duckdb_views", "duckdb_columns")
)


class QuerySession:
    """Queries over one lake, all of the state that it has at the first of them.

    Each query has an engine of its own, which opens the files of the tables that it names only.

    Raises:
        LakeMissing: If there is no lake.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lake = ReadOnlyLake(settings)

    @contextmanager
    def answer(self, query: str) -> Generator[DuckDBPyConnection]:
        """Run one query; what it gives is read in the block. Ctrl-C stops it.

        Raises:
            QueryError: If it is no query, or does not fit.
            InputMissing: If it names a table that is not there.
            KeyboardInterrupt: If it was stopped.
        """
        import duckdb

        with query_session(self._settings) as connection:
            runnable = self._runnable(connection, query)
            with interruptible(connection):
                try:
                    yield connection.execute(runnable)
                except duckdb.InterruptException:
                    raise
                except OverflowError as error:
                    raise QueryError(
                        "an instant is too near the end of the calendar to be shown in "
                        f"{self._settings.time_zone}: {error}",
                        "Select it as text: CAST(column AS VARCHAR).",
                    ) from error
                except duckdb.Error as error:
                    self._explain(query, error)

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """Each published table with its columns."""
        published = {name for _, name in self._lake.tables()}
        return {
            name: [column.name for column in spec.columns]
            for name, spec in sorted(self._specs.items())
            if name in published
        }

    @cached_property
    def _specs(self) -> dict[str, TableSpec]:
        from warehouse_assets.modeling.loading.outline_cache import load_outlines

        return load_outlines().readable()

    def _runnable(self, connection: DuckDBPyConnection, query: str) -> str:
        """The query as the engine may run it, after adding views of only what it reads."""
        if _SHOW_TABLES.fullmatch(query):
            return self._list_of_tables()
        about = _ABOUT.fullmatch(query)
        if about is None:
            check_query(connection, query)
            seal(connection, self._show_tables_of(connection, query), query)
            return query
        word, rest = about.groups()
        inner = f"SELECT * FROM {rest.strip().rstrip(';')}" if _NAME.fullmatch(rest) else rest
        check_query(connection, inner)
        seal(connection, self._show_tables_of(connection, inner), inner)
        return f"{'DESCRIBE' if word.upper() == 'SHOW' else word} {inner}"

    def _show_tables_of(self, connection: DuckDBPyConnection, query: str) -> list[str]:
        """Add views of the tables that the query names; opening all of a lake could take long.

        Returns:
            The files that it may open.
        """
        files: list[str] = []
        if not _READS.search(query):
            return files
        words = {word.lower() for word in _WORD.findall(query)}
        if words & _CATALOG:
            self._show_all_empty(connection)
        for name in words & self._specs.keys():
            snapshot = self._lake.snapshot(self._specs[name])
            if snapshot.published or snapshot.spec.namespace == QUARANTINE:
                files += add_view(connection, self._lake, snapshot)
        return files

    def _show_all_empty(self, connection: DuckDBPyConnection) -> None:
        """Add an empty view of every published table, for queries of the engine's own catalog."""
        for name in self.names:
            spec = self._specs[name]
            schema = quoted(spec.namespace)
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.execute(
                f"CREATE OR REPLACE VIEW {schema}.{quoted(name)} AS {no_rows(spec.columns)}"
            )

    def _list_of_tables(self) -> str:
        rows = ", ".join(
            f"({text_literal(self._specs[name].namespace)}, {text_literal(name)})"
            for name in self.names
        )
        listed = f"VALUES {rows}" if rows else "SELECT '', '' WHERE false"
        return f'SELECT * FROM ({listed}) AS listed("layer", "name") ORDER BY ALL'

    def _explain(self, query: str, error: Exception) -> NoReturn:
        import duckdb

        from warehouse_assets.modeling.load_errors import did_you_mean

        message = str(error)
        measure = _MEASURE.search(query)
        if measure and "measure" in message.lower():
            raise QueryError(
                f"MEASURE({measure[1]}) belongs into the SQL of tables", _of_metric(measure[1])
            ) from error
        if isinstance(error, duckdb.CatalogException):
            first = message.splitlines()[0].removeprefix("Catalog Error: ")
            missing = _MISSING.search(first)
            name = missing[1].rpartition(".")[2] if missing else ""
            if name in self._specs:
                published_snapshot(self._lake, self._specs[name])
            nearest = did_you_mean(name, self._specs)
            step = nearest or "`ledgerlake tables` lists every table."
            raise InputMissing(first, step) from error
        raise QueryError(message, "Correct the query.") from error


def _of_metric(name: str) -> str:
    from warehouse_assets.modeling.declaration.metric_library import metric_library
    from warehouse_assets.modeling.load_errors import did_you_mean

    metrics = metric_library()
    if name not in {each.name for each in metrics}:
        nearest = did_you_mean(name, [each.name for each in metrics])
        return nearest or "`ledgerlake metrics` lists every metric."
    return (
        f"For one metric: ledgerlake metric {name} --by day --from DAY --to DAY. In a query of "
        f"your own write its expression; `ledgerlake metrics {name}` shows it."
    )
