"""Keeps account of what moved on every date since the shop opened, and enters the books of a day.

Three tables tell the database what a day's money sources are written from: `business_day` holds
the one day that is written, `channel_total` one row for each channel and currency of that bill day
and of the days before of which something may be told, `account_balance` one row for each account
and currency of the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from itertools import product

from duckdb import DuckDBPyConnection

from examples.sample_shop.books.adjustments import ADJUSTED_AMOUNTS, ADJUSTMENT_TABLE
from examples.sample_shop.books.channels import CHANNELS, CURRENCIES
from examples.sample_shop.books.ledger import balances
from examples.sample_shop.books.movements import COMMISSION_MACROS, MOVEMENT_MACROS
from examples.sample_shop.books.settlements import SETTLEMENT_MACROS
from examples.sample_shop.day_totals import (
    PAST_SETTLEMENTS,
    DayTotals,
    Totals,
    collected_totals,
    past_settlement_totals,
    past_totals,
    summed,
)
from examples.sample_shop.life.slices import LAST_AGE, begin_slice, enter_day
from examples.sample_shop.manifest import Manifest
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.model.window import Window

BOOK_TABLES = f"""
{PAST_SETTLEMENTS}
CREATE TABLE business_day (business_date DATE, time_zone VARCHAR);
CREATE TABLE channel_total (
    bill_date DATE, channel VARCHAR, currency VARCHAR, merchant_no VARCHAR, counterparty VARCHAR,
    bill_file VARCHAR,
    pay_count BIGINT, pay_cents BIGINT, refund_count BIGINT, refund_cents BIGINT,
    fee_cents BIGINT, returned_fee_cents BIGINT, chargeback_cents BIGINT, net_cents BIGINT
);
CREATE TABLE account_balance (
    account_code VARCHAR, currency VARCHAR, opening_cents BIGINT, debit_cents BIGINT,
    credit_cents BIGINT
);
CREATE MACRO payout_no(channel, bill_date, currency) AS
    of_currency('PO' || strftime(bill_date, '%Y%m%d') || '-' || channel, currency);
"""

BOOK_MACROS = (
    BOOK_TABLES,
    COMMISSION_MACROS,
    MOVEMENT_MACROS,
    SETTLEMENT_MACROS,
    ADJUSTMENT_TABLE,
)
"""What a session needs to know before a day's books are entered."""

_INSERT_CHANNEL = "INSERT INTO channel_total VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_ACCOUNT = "INSERT INTO account_balance VALUES (?, ?, ?, ?, ?)"
_ORDERS_AT_A_TIME = 65_536
_TOLD_BILLS = 5
"""Bill days of which a day may tell: its own, and those whose payouts are delivered late."""


@dataclass(frozen=True)
class Bookkeeping:
    """The totals of a shop's days, kept in its manifest."""

    connection: DuckDBPyConnection
    shop: ShopSettings
    manifest: Manifest

    def catch_up(
        self, day: date, slices: Sequence[tuple[int, int]], pool: ThreadPoolExecutor
    ) -> None:
        """Work out the dates before `day` of which nothing is kept, without delivering them."""
        before = [self.shop.first_date + timedelta(days=n) for n in range(self.shop.day_index(day))]
        missing = [date_ for date_ in before if date_ not in self.manifest.totals]
        if not missing:
            return
        # Orders move money until a week after their day.
        ordered = before[max(0, self.shop.day_index(missing[0]) - LAST_AGE) :]
        size = max(1, _ORDERS_AT_A_TIME // max(1, self.shop.orders_per_day))
        parts: list[Totals] = []
        for first in range(0, len(ordered), size):
            dates = ordered[first : first + size]
            parts += pool.map(lambda slice_, dates=dates: self._past(dates, slice_), slices)
        parts.append(past_settlement_totals(self.connection, self.shop.first_date))
        totals = summed(parts)
        for date_ in missing:
            adjusted = self._adjusted(date_)
            self.manifest.totals[date_] = totals.get(date_, DayTotals()) + adjusted

    def enter(self, day: date) -> None:
        """Enter the books of the day whose slices have left what moved."""
        with self.connection.cursor() as cursor:
            enter_day(cursor, self.shop, day)
            collected = collected_totals(cursor, self.shop.first_date)
        self.manifest.totals[day] = collected.get(day, DayTotals()) + self._adjusted(day)
        self._enter_books(day)

    def _enter_books(self, day: date) -> None:
        """Tell the database what the channels moved on the day and before it, and every balance."""
        connection, totals = self.connection, self.manifest.totals
        connection.execute(
            "BEGIN; DELETE FROM business_day; DELETE FROM channel_total; "
            "DELETE FROM account_balance"
        )
        connection.execute("INSERT INTO business_day VALUES (?, ?)", [day, self.shop.time_zone])
        for bill_date in (day - timedelta(days=age) for age in range(_TOLD_BILLS)):
            for channel, currency in product(CHANNELS, CURRENCIES):
                of = totals.get(bill_date, DayTotals()).of_bill(channel.name, currency)
                named = (channel.name, currency, channel.merchant_no, channel.counterparty)
                row = [bill_date, *named, channel.bill_file(bill_date), *astuple(of), of.net_cents]
                connection.execute(_INSERT_CHANNEL, row)
        dates = Window.of_days(self.shop.first_date, day)
        for account, balance in balances([totals[date_] for date_ in dates]).items():
            row = [*account, balance.opening, balance.debit, balance.credit]
            connection.execute(_INSERT_ACCOUNT, row)
        connection.execute("COMMIT")

    def _past(self, dates: Sequence[date], slice_: tuple[int, int]) -> Totals:
        with self.connection.cursor() as cursor:
            begin_slice(cursor, self.shop, dates, *slice_)
            return past_totals(cursor, self.shop.first_date)

    def _adjusted(self, day: date) -> DayTotals:
        """What people adjusted on the day."""
        with self.connection.cursor() as cursor:
            enter_day(cursor, self.shop, day)
            return DayTotals(adjustments=cursor.execute(ADJUSTED_AMOUNTS).fetchall())
