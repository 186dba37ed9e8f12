"""What the shop delivers: a source, the folder it lands in, its format and its SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from resources.sample_shop.dimension_deliveries import CATEGORIES, SELLERS, SKUS, USERS
from resources.sample_shop.order_deliveries import ORDER_ITEMS, ORDERS, PAYMENTS
from resources.sample_shop.shop_settings import ShopSettings

CATEGORY_COUNT = 72
"""12 departments and 60 leaves."""

SLICE = 250_000
"""Ids that one file is made of. Files are written at the same time, each in order."""

_TIMESTAMPS = "TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'"
_CSV = f"FORMAT csv, HEADER, USE_TMP_FILE false, {_TIMESTAMPS}"
_JSON = f"FORMAT json, {_TIMESTAMPS}"
_PARQUET = "FORMAT parquet, COMPRESSION zstd"


@dataclass(frozen=True)
class Delivery:
    """One source of the shop.

    Args:
        source: Folder in the landing folder, as `<system>/<source>`.
        suffix: How the names of its files end.
        copy_options: How DuckDB's COPY writes it.
        select: SQL with the parameters `first` and `end`, a slice of ids.
        ids: The first id and the one after the last that a day may deliver.
        compressed: Whether its files are gzipped.
    """

    source: str
    suffix: str
    copy_options: str
    select: str
    ids: Callable[[ShopSettings, date], tuple[int, int]]
    compressed: bool = False

    def slices(self, shop: ShopSettings, day: date) -> list[tuple[int, int]]:
        """The slices of ids a day is written in: one file each, at least one."""
        first, end = self.ids(shop, day)
        starts = range(first, max(end, first + 1), SLICE)
        return [(start, min(start + SLICE, end)) for start in starts]


def _orders(shop: ShopSettings, day: date) -> tuple[int, int]:
    del day
    return 0, shop.orders_per_day


def _users(shop: ShopSettings, day: date) -> tuple[int, int]:
    return 1, 1 + shop.user_count + shop.new_users_per_day * shop.day_index(day)


def _skus(shop: ShopSettings, day: date) -> tuple[int, int]:
    del day
    return 1, 1 + shop.sku_count


def _sellers(shop: ShopSettings, day: date) -> tuple[int, int]:
    del day
    return 1, 1 + shop.seller_count


def _categories(shop: ShopSettings, day: date) -> tuple[int, int]:
    del shop, day
    return 1, 1 + CATEGORY_COUNT


DELIVERIES = (
    Delivery("user_center/user", "parquet", _PARQUET, USERS, _users),
    Delivery("product_center/category", "csv", _CSV, CATEGORIES, _categories),
    Delivery("product_center/sku", "parquet", _PARQUET, SKUS, _skus),
    Delivery("merchant_center/seller", "jsonl", _JSON, SELLERS, _sellers),
    Delivery("order_center/order", "csv.gz", _CSV, ORDERS, _orders, compressed=True),
    Delivery("payment_center/payment", "jsonl", _JSON, PAYMENTS, _orders),
    Delivery("order_center/order_item", "csv", _CSV, ORDER_ITEMS, _orders),
)
