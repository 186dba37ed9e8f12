"""ledgerlake sql: one read-only query over every published table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import InputMissing
from warehouse_assets.command_line.row_output import Format, Limit, Output, write_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.settings import Settings


Query = Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT in DuckDB's dialect.")]


def sql(query: Query, format: Output = Format.TABLE, limit: Limit = 100) -> None:  # noqa: A002
    """Query the lake: every published table, quarantines too, as `name` or `layer.name`.

    The functions that tables use (divide_money, business_date, business_hour, ...) are there, and
    the parts of an instant are those of the business time zone. Nothing can be written, and no
    other file read.

    **Example**

    `ledgerlake sql "SELECT dt, sum(pay_amount) FROM dwd_order_detail GROUP BY dt ORDER BY dt"`
    """
    from resources.engines.sandbox import check_query, seal
    from resources.settings import load_settings
    from warehouse_assets.command_line.rows import query_session

    settings = load_settings()
    with query_session(settings) as connection:
        check_query(connection, query)
        seal(connection, _add_views(connection, settings, query), query)
        cursor = _run(connection, query)
        try:
            write_rows(cursor, format, settings.zone, limit)
        except OverflowError as error:
            raise QueryError(
                f"an instant is too near the end of the calendar to be shown in "
                f"{settings.time_zone}: {error}",
                "Select it as text: CAST(column AS VARCHAR).",
            ) from error


def _add_views(connection: DuckDBPyConnection, settings: Settings, query: str) -> list[str]:
    """Let the query see the tables it mentions; opening all of a large lake would take long.

    Returns:
        The files that it may open.
    """
    from resources.lake.lake import Lake
    from warehouse_assets.command_line.rows import add_view, published_pin, readable_tables
    from warehouse_assets.modeling.warehouse import load_warehouse

    lake, specs = Lake(settings), readable_tables(load_warehouse())
    published = {name for _, name in lake.tables()}
    mentioned = mentioned_names(query)
    files: list[str] = []
    for name in specs if mentioned is None else mentioned & specs.keys():
        if name in published or mentioned is not None:
            files += add_view(connection, lake, published_pin(lake, specs[name]))
    return files


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

    from resources.engines.sandbox import QueryError
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
