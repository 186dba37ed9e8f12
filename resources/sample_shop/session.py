"""The DuckDB database in which a shop's days are computed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb

from resources.sample_shop.dimension_deliveries import DIMENSION_MACROS
from resources.sample_shop.macros import MACROS
from resources.sample_shop.names import NAMES
from resources.sample_shop.order_macros import ORDER_MACROS
from resources.sample_shop.shop_settings import ShopSettings

LAST_AGE = 3
"""Days after its own on which an order may still change, or be delivered late or again."""

_INSERT_SHOP = "INSERT INTO shop VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_DAY = "INSERT INTO delivery_day VALUES (?, ?, ?, ?)"
_INSERT_AGE = "INSERT INTO delivery_age VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


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
            # Nothing here sorts or joins, so nothing may spill.
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        for statements in (*MACROS, *ORDER_MACROS, NAMES, DIMENSION_MACROS):
            connection.execute(statements)
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
        yield connection
    finally:
        connection.close()


def enter_day(connection: duckdb.DuckDBPyConnection, shop: ShopSettings, day: date) -> None:
    """Tell the database which day is written next, and which days' orders may be in it."""
    index = shop.day_index(day)
    starts = [shop.day_start(shop.first_date + timedelta(days=n)) for n in range(index + 2)]
    connection.execute("BEGIN; DELETE FROM delivery_day; DELETE FROM delivery_age")
    connection.execute(_INSERT_DAY, [index, starts[index], shop.day_seconds(day), starts])
    for age in range(min(LAST_AGE, index) + 1):
        ordered = day - timedelta(days=age)
        of_the_day = [
            shop.random_key(f"orders of {ordered.isoformat()}"),
            int(ordered.strftime("%Y%m%d")) * 100_000_000,
            index - age,
            *(shop.day_start(ordered + timedelta(days=later)) for later in range(3)),
        ]
        for version in range(age + 1):
            end_of_version = ordered + timedelta(days=version + 1)
            window = [
                shop.day_start(ordered + timedelta(days=version)),
                shop.day_start(end_of_version),
            ]
            for copy in (1, 2):
                connection.execute(_INSERT_AGE, [*of_the_day, age, version, copy, *window])
    connection.execute("COMMIT")
