"""What the money side of the shop delivers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from examples.sample_shop.books.adjustments import ADJUSTMENTS, LARGEST_ADJUSTMENT_COUNT
from examples.sample_shop.books.bill_file import bill_pipe
from examples.sample_shop.books.channel_deliveries import (
    BANK_ENTRIES,
    BILLS,
    PAYOUTS,
    SUMMARIES,
    written_bill,
)
from examples.sample_shop.books.channels import CHANNELS, Channel
from examples.sample_shop.books.commission import COMMISSION_RATES
from examples.sample_shop.books.ledger import LEDGER_BALANCES
from examples.sample_shop.books.movements import (
    INVOICES,
    SELLERS_SETTLED,
    SETTLEMENT_ITEMS,
    SETTLEMENTS,
    money_movements,
)
from examples.sample_shop.delivery import CSV, JSON, PARQUET, Collection, Delivery
from examples.sample_shop.errors.channel_errors import BILL_NEXT_DAY
from examples.sample_shop.shop_settings import ShopSettings

LEAF_COUNT = 60
"""Leaf categories, each with a commission of its own."""

_COUNTS = "SELECT pay_count, refund_count FROM channel_total WHERE channel = ? AND bill_date = ?"


def _leaves(shop: ShopSettings, day: date) -> tuple[int, int]:
    del shop, day
    return 1, 1 + LEAF_COUNT


def _adjustments(shop: ShopSettings, day: date) -> tuple[int, int]:
    del shop, day
    return 0, LARGEST_ADJUSTMENT_COUNT


def _bill_pipe(
    channel: Channel, cursor: DuckDBPyConnection, path: Path, day: date
) -> AbstractContextManager[Path]:
    pay_count, refund_count = cursor.execute(_COUNTS, [channel.name, day]).fetchone() or (0, 0)
    trailer = channel.trailer.format(pay_count=pay_count, refund_count=refund_count)
    return bill_pipe(path, channel.encoding, channel.preamble_of(day), trailer)


def _bill(channel: Channel) -> Delivery:
    return Delivery(
        f"channel/{channel.name}",
        "csv",
        f"{CSV}, DELIMITER '{channel.delimiter}'",
        BILLS[channel.name],
        is_closing=True,
        pipe=partial(_bill_pipe, channel),
        layout=partial(written_bill, channel),
    )


BOOK_DELIVERIES = (
    Delivery("merchant_center/commission_rate", "csv", CSV, COMMISSION_RATES, _leaves),
    Delivery("merchant_center/settlement_item", "parquet", PARQUET, SETTLEMENT_ITEMS, ages=(7, 7)),
    Delivery("merchant_center/settlement", "csv", CSV, SETTLEMENTS, is_closing=True),
    Delivery("finance/invoice", "jsonl", JSON, INVOICES, ages=(1, 4)),
    Delivery("finance/manual_adjustment", "csv", CSV, ADJUSTMENTS, _adjustments),
    Delivery("finance/ledger_balance", "csv", CSV, LEDGER_BALANCES, is_closing=True),
    *(_bill(channel) for channel in CHANNELS),
    Delivery("channel/summary", "csv", CSV, SUMMARIES, is_closing=True),
    Delivery("payment_center/payout", "csv", CSV, PAYOUTS, is_closing=True),
    Delivery("bank/statement", "csv", CSV, BANK_ENTRIES, is_closing=True),
)


def book_collections(shop: ShopSettings) -> tuple[Collection, ...]:
    """What slices of orders leave for the day's bills and books."""
    with_day_before = BILL_NEXT_DAY.name in shop.errors
    return (
        Collection("money_movement", money_movements(with_day_before), ages=(0, 4)),
        Collection("seller_settled", SELLERS_SETTLED, ages=(7, 7)),
    )
