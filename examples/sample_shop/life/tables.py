"""The tables that tell a session of its shop, the delivered day, and the day orders were placed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from duckdb import DuckDBPyConnection

from examples.sample_shop.shop_settings import ShopSettings

# Of the days every cursor has tables of its own: those of the database stay empty.
SHOP_TABLES: Final = """
CREATE TABLE shop (
    catalogue_key UBIGINT, people_key UBIGINT,
    orders_per_day BIGINT, user_count BIGINT, new_users_per_day BIGINT,
    sku_count BIGINT, sku_octaves BIGINT, seller_count BIGINT
);
CREATE TABLE delivery_day (
    day_index BIGINT, day_start BIGINT, day_seconds BIGINT, day_starts BIGINT[]
);
CREATE TABLE order_day (
    day_index BIGINT, order_number_of_day BIGINT, order_key_of_day UBIGINT,
    start_0 BIGINT, start_1 BIGINT, start_2 BIGINT, start_3 BIGINT, start_4 BIGINT
);
"""

_INSERT_SHOP = "INSERT INTO shop VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_DELIVERY_DAY = """
CREATE OR REPLACE TEMP TABLE delivery_day AS SELECT
    ?::BIGINT AS day_index, ?::BIGINT AS day_start, ?::BIGINT AS day_seconds,
    ?::BIGINT[] AS day_starts
"""
_ORDER_DAY = """
SELECT
    ?::BIGINT AS day_index, ?::BIGINT AS order_number_of_day, ?::UBIGINT AS order_key_of_day,
    ?::BIGINT AS start_0, ?::BIGINT AS start_1, ?::BIGINT AS start_2, ?::BIGINT AS start_3,
    ?::BIGINT AS start_4
"""


def enter_shop(connection: DuckDBPyConnection, shop: ShopSettings) -> None:
    """Tell the database of the shop's sizes."""
    connection.execute(
        _INSERT_SHOP,
        [
            shop.random_key("catalogue"),
            shop.random_key("people"),
            shop.orders_per_day,
            shop.user_count,
            shop.new_users_per_day,
            shop.sku_count,
            (shop.sku_count - 1).bit_length(),
            shop.seller_count,
        ],
    )


def enter_day(cursor: DuckDBPyConnection, shop: ShopSettings, day: date) -> None:
    """Tell a cursor which day is delivered; other cursors may write other days meanwhile."""
    index = shop.day_index(day)
    starts = [shop.day_start(shop.first_date + timedelta(days=n)) for n in range(index + 2)]
    cursor.execute(_DELIVERY_DAY, [index, starts[index], shop.day_seconds(day), starts])


def enter_order_days(cursor: DuckDBPyConnection, shop: ShopSettings, days: Sequence[date]) -> None:
    """Tell a cursor on which days the orders are placed whose life it computes."""
    values = [
        value
        for day in days
        for value in (
            shop.day_index(day),
            int(day.strftime("%Y%m%d")) * 100_000_000,
            shop.random_key(f"orders of {day.isoformat()}"),
            *(shop.day_start(day + timedelta(days=n)) for n in range(5)),
        )
    ]
    rows = " UNION ALL ".join([_ORDER_DAY] * len(days))
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE order_day AS {rows}", values)
