"""ledgerlake sql: one read-only query over every published table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import InputMissing, LedgerlakeError
from warehouse_assets.command_line.row_output import Format, Limit, Output, write_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.settings import Settings


class QueryError(LedgerlakeError):
    """The query does not parse, does not fit the tables, or would write."""


Query = Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT in DuckDB's dialect.")]


def sql(query: Query, format: Output = Format.TABLE, limit: Limit = 100) -> None:  # noqa: A002
    """Query the lake: every published table, quarantines too, as `name` or `layer.name`.

    The functions that tables use (divide_money, divide_rate, business_date) are there. Nothing
    can be written.

    **Example**

    `ledgerlake sql "SELECT dt, sum(pay_amount) FROM dwd_order_detail GROUP BY dt ORDER BY dt"`
    """
    from resources.settings import load_settings
    from warehouse_assets.command_line.rows import query_session

    settings = load_settings()
    with query_session(settings) as connection:
        _require_read_only(connection, query)
        _add_views(connection, settings, query)
        cursor = _run(connection, query)
        try:
            write_rows(cursor, format, settings.zone, limit)
        except OverflowError as error:
            raise QueryError(
                f"an instant is too near the end of the calendar to be shown in "
                f"{settings.time_zone}: {error}",
                "Select it as text: CAST(column AS VARCHAR).",
            ) from error


def _require_read_only(connection: DuckDBPyConnection, query: str) -> None:
    import duckdb

    try:
        kinds = [statement.type.name for statement in connection.extract_statements(query)]
    except duckdb.Error as error:
        raise QueryError(str(error), "Correct the query.") from error
    if len(kinds) != 1:
        raise QueryError(f"one query at a time, not {len(kinds)}", "Give one SELECT.")
    if kinds[0] != "SELECT":  # not EXPLAIN either: with ANALYZE it runs what it explains
        raise QueryError(
            f"{kinds[0]} is refused: the lake is read only here, for SELECT",
            "Tables change through their modules: see `ledgerlake materialize --help`.",
        )


def _add_views(connection: DuckDBPyConnection, settings: Settings, query: str) -> None:
    """Let the query see the tables it mentions; opening all of a large lake would take long."""
    from resources.lake.lake import Lake
    from warehouse_assets.command_line.rows import add_view, published_pin, readable_tables
    from warehouse_assets.modeling.warehouse import load_warehouse

    lake, specs = Lake(settings), readable_tables(load_warehouse())
    published = {name for _, name in lake.tables()}
    mentioned = mentioned_names(query)
    for name in specs if mentioned is None else mentioned & specs.keys():
        if name in published or mentioned is not None:
            add_view(connection, lake, published_pin(lake, specs[name]))


def mentioned_names(query: str) -> set[str] | None:
    """Names that may be tables in the query; None if they cannot be told."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        trees = [tree for tree in sqlglot.parse(query, dialect="duckdb") if tree]
    except SqlglotError:
        return None
    if any(isinstance(tree, exp.Command) for tree in trees):
        return None
    return {node.name for tree in trees for node in tree.find_all(exp.Table)}


def _run(connection: DuckDBPyConnection, query: str) -> DuckDBPyConnection:
    import duckdb

    from warehouse_assets.modeling.warehouse import load_warehouse

    try:
        return connection.execute(query)
    except duckdb.CatalogException as error:
        message = str(error).splitlines()[0].removeprefix("Catalog Error: ")
        raise InputMissing(message, _nearest(query, load_warehouse().tables)) from error
    except duckdb.Error as error:
        raise QueryError(str(error), "Correct the query.") from error


def _nearest(query: str, known: Iterable[str]) -> str:
    from warehouse_assets.modeling.load_errors import did_you_mean

    names = list(known)
    for name in sorted(mentioned_names(query) or ()):
        if name not in names and (step := did_you_mean(name, names)):
            return step
    return "`ledgerlake tables` lists every table."
