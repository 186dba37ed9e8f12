"""Between reading and delivering: what belongs together, and what cannot be."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from examples.olist import shop_rows
from examples.olist.reading.exports import ITEMS, PAYMENTS, Export, Kind
from examples.olist.reading.lines import count_rows
from examples.olist.reading.rows import PREPARE
from examples.olist.report import FileRead
from resources.duckdb.engine import duckdb_session
from resources.errors import SourceError
from resources.identifiers import quoted, text_literal
from resources.lake.model.window import Window
from resources.settings import Settings


@contextmanager
def mapping_session(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """A database that knows the mapping's macros and holds no rows yet."""
    with duckdb_session(settings) as connection:
        # Lines are numbered as they come.
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"SET VARIABLE zone = {text_literal(settings.time_zone)}")
        connection.execute(PREPARE)
        connection.execute(shop_rows.MACROS)
        yield connection


def read_nothing(connection: duckdb.DuckDBPyConnection, export: Export) -> None:
    """Make an export's table without rows."""
    columns = ", ".join(
        f"{quoted(column.name)} {'BIGINT' if column.kind is Kind.COUNT else 'VARCHAR'}"
        for column in export.columns
    )
    connection.execute(f"CREATE TABLE {export.name} (line BIGINT, text VARCHAR, {columns})")


def reject_orphans(connection: duckdb.DuckDBPyConnection, files: list[FileRead]) -> list[FileRead]:
    """Reject items and payments whose order is not there: they have no buyer and no date."""
    return [
        replace(file, accepted=file.accepted - orphans, rejected=file.rejected + orphans)
        for file in files
        for orphans in [_reject_orphans_of(connection, file.file)]
    ]


def _reject_orphans_of(connection: duckdb.DuckDBPyConnection, file: str) -> int:
    table = {ITEMS.file: ITEMS.name, PAYMENTS.file: PAYMENTS.name}.get(file)
    if table is None:
        return 0
    is_orphan = f"{table}.order_id NOT IN (SELECT order_id FROM orders)"
    connection.execute(
        f"INSERT INTO rejected SELECT {text_literal(file)}, line, "
        "'order ' || order_id || ' is not among the orders accepted', text "
        f"FROM {table} WHERE {is_orphan}"
    )
    return count_rows(connection, f"DELETE FROM {table} WHERE {is_orphan}")


def refuse_collisions(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise SourceError if two ids would become the same number."""
    for column, identifiers in shop_rows.NUMBERED.items():
        twin = connection.execute(
            "SELECT min(id), max(id) FROM (SELECT DISTINCT id FROM "
            f"({identifiers}) AS ids(id)) GROUP BY number_of(id) HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        if twin is not None:
            raise SourceError(
                f"{column}: {twin[0]} and {twin[1]} begin with the same 15 digits, so they would "
                "become one number",
                "Correct the ids in the export: in the public data set all differ.",
            )


def traded_window(connection: duckdb.DuckDBPyConnection, orders: Path) -> Window:
    """From the first day on which anything was ordered or paid to the last.

    Raises:
        SourceError: If nothing was.
    """
    first, last = connection.execute(
        "SELECT min(least(ordered_date, paid_date)), max(greatest(ordered_date, paid_date)) "
        "FROM placed_orders"
    ).fetchall()[0]
    if not isinstance(first, date) or not isinstance(last, date):
        raise SourceError(f"{orders} holds no orders", "Name the folder of a whole export.")
    return Window.of_days(first, last)


_REMARKS = {
    "Orders whose customer the customers file does not name; their customer_id stands for the "
    "buyer": "SELECT count(*) FROM placed_orders WHERE NOT is_known",
    "Customers without an order, which are not delivered": (
        "SELECT count(*) FROM customers ANTI JOIN orders USING (customer_id)"
    ),
    "Orders paid and never approved; their payments count when they were placed": (
        "SELECT count(*) FROM placed_orders SEMI JOIN payments USING (order_id) "
        "WHERE order_approved_at IS NULL"
    ),
    "Products without a category": (
        "SELECT count(*) FROM products WHERE product_category_name IS NULL"
    ),
}
_UNTRANSLATED = "SELECT string_agg(name, ', ' ORDER BY name) FROM categories WHERE english IS NULL"


def remarks(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What is unusual about the rows read, one sentence each."""
    counted = [(text, count_rows(connection, query)) for text, query in _REMARKS.items()]
    said = [f"{text}: {number:,}." for text, number in counted if number]
    untranslated = connection.execute(_UNTRANSLATED).fetchone()
    if untranslated and untranslated[0]:
        said.append(f"Categories without a translation keep their name: {untranslated[0]}.")
    return said
