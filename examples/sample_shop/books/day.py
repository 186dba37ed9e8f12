"""Enters the books of a day: the few figures that its money sources are written from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import duckdb

from examples.sample_shop.books.adjustments import ADJUSTMENT_TABLE
from examples.sample_shop.books.channels import CHANNELS
from examples.sample_shop.books.commission import COMMISSION_MACROS
from examples.sample_shop.books.ledger import balances
from examples.sample_shop.books.movements import MOVEMENT_MACROS
from examples.sample_shop.books.tables import BOOK_TABLES
from examples.sample_shop.day_totals import DayTotals
from examples.sample_shop.shop_settings import ShopSettings

BOOK_MACROS = (BOOK_TABLES, COMMISSION_MACROS, MOVEMENT_MACROS, ADJUSTMENT_TABLE)
"""What a session needs to know before a day's books are entered."""

_INSERT_CHANNEL = "INSERT INTO channel_total VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_ACCOUNT = "INSERT INTO account_balance VALUES (?, ?, ?, ?)"


def enter_books(
    connection: duckdb.DuckDBPyConnection,
    shop: ShopSettings,
    day: date,
    totals: Mapping[date, DayTotals],
) -> None:
    """Tell the database what the channels moved on `day` and before it, and every balance.

    Args:
        connection: The shop's session, on the day.
        shop: The shop.
        day: The day that is written.
        totals: What moved on every date from the shop's first to `day`.
    """
    connection.execute(
        "BEGIN; DELETE FROM business_day; DELETE FROM channel_total; DELETE FROM account_balance"
    )
    connection.execute("INSERT INTO business_day VALUES (?, ?)", [day, shop.time_zone])
    for bill_date in (day - timedelta(days=1), day):
        for channel in CHANNELS:
            of = totals.get(bill_date, DayTotals()).of_channel(channel.name)
            connection.execute(
                _INSERT_CHANNEL,
                [
                    bill_date,
                    channel.name,
                    channel.merchant_no,
                    channel.counterparty,
                    channel.bill_file(bill_date),
                    of.pay_count,
                    of.pay_cents,
                    of.refund_count,
                    of.refund_cents,
                    of.fee_cents,
                    of.returned_fee_cents,
                    of.net_cents,
                ],
            )
    dates = [shop.first_date + timedelta(days=n) for n in range(shop.day_index(day) + 1)]
    for account, balance in balances([totals[date_] for date_ in dates]).items():
        connection.execute(
            _INSERT_ACCOUNT, [account, balance.opening, balance.debit, balance.credit]
        )
    connection.execute("COMMIT")
