"""Everything that the shop delivers on a day."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from examples.sample_shop.books.deliveries import BOOK_DELIVERIES, book_collections
from examples.sample_shop.compression import gzip_pipe
from examples.sample_shop.delivery import CSV, JSON, PARQUET, Collection, Delivery
from examples.sample_shop.dimension_deliveries import CATEGORIES, COUPONS, SELLERS, SKUS, USERS
from examples.sample_shop.event_deliveries import SOURCE_EVENTS, source_event_count
from examples.sample_shop.shop_settings import ShopSettings
from examples.sample_shop.trade import logistics, marketing, orders, payments

CATEGORY_COUNT = 72
"""12 departments and 60 leaves."""

SLICE = 200_000
"""Ids or orders that all threads together work on at a time: it bounds the memory."""


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


def _coupons(shop: ShopSettings, day: date) -> tuple[int, int]:
    return 1, 1 + 20 + 4 * (shop.day_index(day) + 1)


def _events(shop: ShopSettings, day: date) -> tuple[int, int]:
    del day
    return 0, source_event_count(shop.orders_per_day)


def _gzipped(cursor: DuckDBPyConnection, path: Path, day: date) -> AbstractContextManager[Path]:
    del cursor, day
    return gzip_pipe(path)


DELIVERIES = (
    Delivery("user_center/user", "parquet", PARQUET, USERS, _users),
    Delivery("product_center/category", "csv", CSV, CATEGORIES, _categories),
    Delivery("product_center/sku", "parquet", PARQUET, SKUS, _skus),
    Delivery("merchant_center/seller", "jsonl", JSON, SELLERS, _sellers),
    Delivery("marketing/coupon", "jsonl", JSON, COUPONS, _coupons),
    Delivery("order_center/order", "parquet", PARQUET, orders.ORDERS, is_sharded=True, ages=(0, 3)),
    Delivery(
        "order_center/order_item",
        "parquet",
        PARQUET,
        orders.ORDER_ITEMS,
        is_sharded=True,
        ages=(0, 3),
    ),
    Delivery(
        "order_center/order_no_mapping",
        "csv.gz",
        CSV,
        orders.ORDER_NUMBERS,
        pipe=_gzipped,
        ages=(0, 3),
    ),
    Delivery(
        "order_center/after_sale",
        "parquet",
        PARQUET,
        orders.AFTER_SALES,
        is_sharded=True,
        ages=(3, 6),
    ),
    Delivery("payment_center/payment", "parquet", PARQUET, payments.PAYMENTS, ages=(0, 3)),
    Delivery("payment_center/refund", "parquet", PARQUET, payments.REFUNDS, ages=(3, 6)),
    Delivery("marketing/coupon_use", "parquet", PARQUET, marketing.COUPON_USES, ages=(0, 3)),
    Delivery("marketing/points_entry", "parquet", PARQUET, marketing.POINTS_ENTRIES, ages=(0, 5)),
    Delivery("marketing/wallet_entry", "parquet", PARQUET, marketing.WALLET_ENTRIES, ages=(0, 6)),
    Delivery("logistics/shipment", "parquet", PARQUET, logistics.SHIPMENTS, ages=(1, 3)),
    Delivery(
        "logistics/stock_movement", "parquet", PARQUET, logistics.STOCK_MOVEMENTS, ages=(1, 6)
    ),
    Delivery(
        "logistics/stock_movement",
        "parquet",
        PARQUET,
        logistics.PURCHASES,
        _skus,
        is_closing=True,
        prefix="part-in",
    ),
    Delivery(
        "logistics/stock_snapshot",
        "parquet",
        PARQUET,
        logistics.STOCK_SNAPSHOTS,
        _skus,
        is_closing=True,
    ),
    Delivery("events/source_event", "jsonl", JSON, SOURCE_EVENTS, _events),
    *BOOK_DELIVERIES,
)


def collections(shop: ShopSettings) -> tuple[Collection, ...]:
    """What slices of orders leave for the closing deliveries."""
    return Collection("stock_moved", logistics.STOCK_MOVED, ages=(1, 3)), *book_collections(shop)


SOURCES = tuple(dict.fromkeys(delivery.source for delivery in DELIVERIES))
"""The folders in the landing folder."""
