"""Everything that the shop delivers on a day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from examples.sample_shop.books import channel_deliveries, movements, settlements
from examples.sample_shop.books.adjustments import ADJUSTMENTS, LARGEST_ADJUSTMENT_COUNT
from examples.sample_shop.books.channels import CHANNELS, Channel
from examples.sample_shop.books.ledger import LEDGER_BALANCES
from examples.sample_shop.delivery import CSV, JSON, PARQUET, Collection, Delivery, Ids
from examples.sample_shop.dimension_deliveries import CATEGORIES, COUPONS, SELLERS, SKUS, USERS
from examples.sample_shop.errors.channel_errors import BILL_NEXT_DAY
from examples.sample_shop.event_deliveries import SOURCE_EVENTS, source_event_count
from examples.sample_shop.pipes import bill_pipe, gzip_pipe
from examples.sample_shop.shop_settings import ShopSettings
from examples.sample_shop.trade import logistics, marketing, orders

LEAF_COUNT = 60
"""Leaf categories, each with a commission of its own."""

CATEGORY_COUNT = 12 + LEAF_COUNT
"""Departments and leaves."""

SLICE = 200_000
"""Ids or orders that all threads together work on at a time: it bounds the memory."""

_COUNTS = """
SELECT coalesce(sum(pay_count), 0)::BIGINT, coalesce(sum(refund_count), 0)::BIGINT
FROM channel_total
WHERE channel = ? AND bill_date = ?
"""


def _from_1(count: Callable[[ShopSettings], int]) -> Ids:
    """Ids from 1 on, as many as `count` says of a shop, the same on every day."""
    return lambda shop, _: (1, 1 + count(shop))


def _users(shop: ShopSettings, day: date) -> tuple[int, int]:
    return 1, 1 + shop.user_count + shop.new_users_per_day * shop.day_index(day)


def _coupons(shop: ShopSettings, day: date) -> tuple[int, int]:
    return 1, 1 + 20 + 4 * (shop.day_index(day) + 1)


_LEAVES = _from_1(lambda _: LEAF_COUNT)
_CATEGORIES = _from_1(lambda _: CATEGORY_COUNT)
_SKUS = _from_1(lambda shop: shop.sku_count)
_SELLERS = _from_1(lambda shop: shop.seller_count)


def _bill_pipe(
    channel: Channel, cursor: DuckDBPyConnection, path: Path, day: date
) -> AbstractContextManager[Path]:
    pay_count, refund_count = cursor.execute(_COUNTS, [channel.name, day]).fetchone() or (0, 0)
    trailer = channel.trailer.format(pay_count=pay_count, refund_count=refund_count)
    return bill_pipe(path, channel.encoding, channel.preamble_of(day), trailer)


def _bill(channel: Channel) -> Delivery:
    return Delivery(
        f"channel/{channel.name}",
        replace(CSV, options=f"{CSV.options}, DELIMITER '{channel.delimiter}'"),
        channel_deliveries.BILLS[channel.name],
        is_closing=True,
        pipe=partial(_bill_pipe, channel),
        layout=partial(channel_deliveries.written_bill, channel),
    )


DELIVERIES = (
    Delivery("user_center/user", PARQUET, USERS, _users),
    Delivery("product_center/category", CSV, CATEGORIES, _CATEGORIES),
    Delivery("product_center/sku", PARQUET, SKUS, _SKUS),
    Delivery("merchant_center/seller", JSON, SELLERS, _SELLERS),
    Delivery("marketing/coupon", JSON, COUPONS, _coupons),
    Delivery("order_center/order", PARQUET, orders.ORDERS, is_sharded=True, ages=(0, 3)),
    Delivery("order_center/order_item", PARQUET, orders.ORDER_ITEMS, is_sharded=True, ages=(0, 3)),
    Delivery(
        "order_center/order_no_mapping",
        replace(CSV, suffix="csv.gz"),
        orders.ORDER_NUMBERS,
        pipe=lambda _cursor, path, _day: gzip_pipe(path),
        ages=(0, 3),
    ),
    Delivery("order_center/after_sale", PARQUET, orders.AFTER_SALES, is_sharded=True, ages=(3, 6)),
    Delivery("payment_center/payment", PARQUET, orders.PAYMENTS, ages=(0, 3)),
    Delivery("payment_center/refund", PARQUET, orders.REFUNDS, ages=(3, 6)),
    Delivery("marketing/coupon_use", PARQUET, marketing.COUPON_USES, ages=(0, 3)),
    Delivery("marketing/points_entry", PARQUET, marketing.POINTS_ENTRIES, ages=(0, 5)),
    Delivery("marketing/wallet_entry", PARQUET, marketing.WALLET_ENTRIES, ages=(0, 6)),
    Delivery("logistics/shipment", PARQUET, logistics.SHIPMENTS, ages=(1, 3)),
    Delivery("logistics/stock_movement", PARQUET, logistics.STOCK_MOVEMENTS, ages=(1, 6)),
    Delivery(
        "logistics/stock_movement",
        PARQUET,
        logistics.PURCHASES,
        _SKUS,
        is_closing=True,
        prefix="part-in",
    ),
    Delivery(
        "logistics/stock_snapshot", PARQUET, logistics.STOCK_SNAPSHOTS, _SKUS, is_closing=True
    ),
    Delivery(
        "events/source_event",
        JSON,
        SOURCE_EVENTS,
        lambda shop, _: (0, source_event_count(shop.orders_per_day)),
    ),
    Delivery("merchant_center/commission_rate", CSV, movements.COMMISSION_RATES, _LEAVES),
    Delivery(
        "merchant_center/settlement_item", PARQUET, settlements.SETTLEMENT_ITEMS, ages=(7, 10)
    ),
    Delivery("merchant_center/settlement", CSV, settlements.SETTLEMENTS, is_closing=True),
    Delivery("finance/invoice", JSON, movements.INVOICES, ages=(1, 4)),
    Delivery(
        "finance/manual_adjustment", CSV, ADJUSTMENTS, lambda *_: (0, LARGEST_ADJUSTMENT_COUNT)
    ),
    Delivery("finance/ledger_balance", CSV, LEDGER_BALANCES, is_closing=True),
    *(_bill(channel) for channel in CHANNELS),
    Delivery("channel/summary", CSV, channel_deliveries.SUMMARIES, is_closing=True),
    Delivery("payment_center/payout", CSV, channel_deliveries.PAYOUTS, is_closing=True),
    Delivery("bank/statement", CSV, channel_deliveries.BANK_ENTRIES, is_closing=True),
)

SOURCES = tuple(dict.fromkeys(delivery.source for delivery in DELIVERIES))
"""The folders in the landing folder."""


def collections(shop: ShopSettings) -> tuple[Collection, ...]:
    """What slices of orders leave for the closing deliveries: stock, bills and books."""
    with_day_before = BILL_NEXT_DAY.name in shop.errors
    return (
        Collection("stock_moved", logistics.STOCK_MOVED, ages=(1, 3)),
        Collection("money_movement", movements.money_movements(with_day_before), ages=(0, 6)),
        Collection("seller_settled", settlements.SELLERS_SETTLED, ages=(7, 7)),
        Collection("seller_paid", settlements.SELLERS_PAID, ages=(8, 11)),
    )
