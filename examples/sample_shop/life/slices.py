"""The life of a slice of orders, as temporary tables of a session that all sources read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from duckdb import DuckDBPyConnection

from examples.sample_shop.life.after_sales import AFTER_SALE_CORE, AFTER_SALE_MACROS, REFUND_CORE
from examples.sample_shop.life.lines import LINE_CORE, LINE_MACROS, line_life
from examples.sample_shop.life.messages import FATE
from examples.sample_shop.life.orders import (
    ORDER_MACROS,
    PAYMENT_CORE,
    PAYMENT_MACROS,
    order_life,
    payment_life,
)
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
        "INSERT INTO shop VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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


LAST_AGE: Final = 11
"""Days after its own on which there may still be something to tell about an order."""

LIFE_MACROS: Final = (FATE, *ORDER_MACROS, *LINE_MACROS, *PAYMENT_MACROS, *AFTER_SALE_MACROS)

# Totals of lines that are there are cheaper to add up than to work out again.
_ORDER_CORE: Final = """
SELECT o.* EXCLUDE (shipping_cents), t.* EXCLUDE (order_number)
FROM order_base AS o
JOIN (
    SELECT
        order_number,
        sum(goods_cents)::INTEGER AS goods_cents,
        sum(discount_cents)::INTEGER AS discount_cents,
        sum(coupon_cents)::INTEGER AS coupon_cents,
        sum(points_cents)::INTEGER AS points_cents,
        sum(pay_cents)::INTEGER AS payable_cents
    FROM line_base
    GROUP BY order_number
) AS t USING (order_number)
"""

# Each replaces what is there of that name, which it may itself be made of.
_BASES: Final = (
    ("order_base", "FROM lived({first}, {end})"),
    ("line_base", LINE_CORE),
    ("order_base", _ORDER_CORE),
    ("payment_base", PAYMENT_CORE),
    ("after_sale_base", AFTER_SALE_CORE),
    ("refund_base", REFUND_CORE),
)

_TOLD: Final = "SELECT *, {age}::TINYINT AS age FROM {base} WHERE {age} BETWEEN 0 AND {last_age}"

_VIEWS: Final[Mapping[str, str]] = {
    "order_core": "order_base",
    "line_core": "line_base",
    "payment_core": "payment_base",
    "after_sale_life": "after_sale_base",
    "refund_life": "refund_base",
}
_DETAILED_VIEWS: Final[Mapping[str, str]] = {
    "order_life": order_life(),
    "line_life": line_life(),
    "payment_life": payment_life(),
}


def begin_slice(
    cursor: DuckDBPyConnection, shop: ShopSettings, ordered: Sequence[date], first: int, end: int
) -> None:
    """Compute the life of the orders of some days with sequences from `first` to before `end`.

    The tables replace those of the slice before, and are the cursor's own.
    """
    enter_order_days(cursor, shop, ordered)
    for name, select in _BASES:
        rows = select.format(first=first, end=end)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {rows}")
    for name, base in _VIEWS.items():
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT *, NULL AS age FROM {base}")
    for name, select in _DETAILED_VIEWS.items():
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")


def show_slice(
    cursor: DuckDBPyConnection, shop: ShopSettings, ordered: Sequence[date], delivered: date
) -> None:
    """Make the cursor's slice, of orders of those days, what it is on the day `delivered`."""
    enter_day(cursor, shop, delivered)
    index = shop.day_index(delivered)
    # Where there is but one age, comparisons with it are worked out before the rows are read.
    age = f"({index} - day_index)" if len(ordered) > 1 else str(index - shop.day_index(ordered[0]))
    for name, base in _VIEWS.items():
        rows = _TOLD.format(age=age, base=base, last_age=LAST_AGE)
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {rows}")
