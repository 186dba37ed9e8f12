"""The DuckDB database in which a shop's days are computed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from examples.sample_shop.books.bookkeeping import BOOK_MACROS
from examples.sample_shop.dimension_deliveries import DIMENSION_MACROS
from examples.sample_shop.event_deliveries import EVENT_MACROS
from examples.sample_shop.life.slices import LIFE_MACROS, SHOP_TABLES, enter_shop
from examples.sample_shop.macros import MACROS, NAMES
from examples.sample_shop.shop_settings import ShopSettings
from resources.duckdb.known_faults import disabled_optimizers


@contextmanager
def shop_session(shop: ShopSettings) -> Generator[duckdb.DuckDBPyConnection]:
    """Open an in-memory database that knows the shop's macros and sizes.

    A statement runs on the thread that calls it and on no other: rows come out in order, and
    statements run at the same time on cursors of the connection.
    """
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": "512MiB",
            # A slice fits; nothing may spill.
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute(f"SET GLOBAL disabled_optimizers = '{disabled_optimizers()}'")
        macros = (SHOP_TABLES, *MACROS, _own_macros(shop), *LIFE_MACROS, NAMES, DIMENSION_MACROS)
        for statements in (*macros, EVENT_MACROS, *BOOK_MACROS):
            connection.execute(statements)
        enter_shop(connection, shop)
        yield connection
    finally:
        connection.close()


def _own_macros(shop: ShopSettings) -> str:
    """Macros with the shop's sizes in them: what is constant need not be carried by every row."""
    catalogue_key = f"{shop.random_key('catalogue')}::UBIGINT"
    octaves = (shop.sku_count - 1).bit_length()
    suffixes = " ".join(
        f"WHEN {database * shop.tables + table} THEN 'S{database:02}{table:02}'"
        for database in range(shop.databases)
        for table in range(shop.tables)
    )
    # As the order center has it: database = hash // tables mod databases, table = hash mod tables.
    return f"""
CREATE MACRO sku_key(sku_id) AS draw({catalogue_key}, sku_id);
CREATE MACRO sku_seller(sku_key) AS seller_of(sku_key, {shop.seller_count});
CREATE MACRO bought_sku(line_key) AS popular_sku(line_key, {shop.sku_count}, {octaves});
CREATE MACRO coupon_key(coupon_id) AS draw({shop.random_key("coupons")}::UBIGINT, coupon_id);
CREATE MACRO settlement_key(seller_id, day_index, currency) AS
    hash({shop.random_key("settlements")}::UBIGINT, day_index::BIGINT, seller_id, currency);
CREATE MACRO money_key(name) AS hash({shop.random_key("money")}::UBIGINT, name);
CREATE MACRO next_seller(seller_id) AS 1 + seller_id % {shop.seller_count};
CREATE MACRO wallet_cents(user_id) AS
    100 * below(draw({shop.random_key("wallets")}::UBIGINT, user_id), 500);
CREATE MACRO base_stock(sku_id) AS 100 + below(sku_key(sku_id) >> 44, 400)
    + 4 * {shop.orders_per_day} // sku_id;
CREATE MACRO date_of_day(day_index) AS DATE '{shop.first_date}' + day_index::INTEGER;
CREATE MACRO settlement_no(seller_id, day_index, currency) AS
    of_currency('S' || strftime(date_of_day(day_index), '%Y%m%d') || seller_id, currency);
CREATE MACRO shard_tables() AS {shop.tables};
CREATE MACRO shard_count() AS {shop.databases * shop.tables};
CREATE MACRO shard_hash(user_id) AS (user_id * 2654435761) % 4294967296;
CREATE MACRO shard_number(user_id) AS
    shard_hash(user_id) // {shop.tables} % {shop.databases} * {shop.tables}
    + shard_hash(user_id) % {shop.tables};
CREATE MACRO order_no(order_number, day_index, shard_number) AS 'O' || order_number || CASE
    WHEN day_index >= 2 THEN CASE shard_number {suffixes} END ELSE ''
END;
"""
