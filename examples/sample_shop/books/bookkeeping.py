"""Keeps account of what moved on every date since the shop opened, for balances to go on from."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from examples.sample_shop.books.adding_up import (
    Totals,
    adjustment_totals,
    collected_totals,
    past_totals,
    summed,
)
from examples.sample_shop.books.day import enter_books
from examples.sample_shop.day_totals import DayTotals
from examples.sample_shop.life import LAST_AGE, begin_slice, enter_day
from examples.sample_shop.manifest import Manifest
from examples.sample_shop.shop_settings import ShopSettings

Slices = Sequence[tuple[int, int]]

_ORDERS_AT_A_TIME = 65_536


@dataclass(frozen=True)
class Bookkeeping:
    """The totals of a shop's days, kept in its manifest.

    Args:
        connection: The shop's session.
        shop: The shop.
        manifest: Where the totals are kept.
    """

    connection: DuckDBPyConnection
    shop: ShopSettings
    manifest: Manifest

    def catch_up(self, day: date, slices: Slices, pool: ThreadPoolExecutor) -> None:
        """Work out the dates before `day` of which nothing is kept, without delivering them.

        Args:
            day: The date to catch up with.
            slices: How the orders of a date are cut.
            pool: Where slices are worked out at the same time.
        """
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
        enter_books(self.connection, self.shop, day, self.manifest.totals)

    def _past(self, dates: Sequence[date], slice_: tuple[int, int]) -> Totals:
        with self.connection.cursor() as cursor:
            begin_slice(cursor, self.shop, dates, *slice_)
            return past_totals(cursor, self.shop.first_date)

    def _adjusted(self, day: date) -> DayTotals:
        with self.connection.cursor() as cursor:
            enter_day(cursor, self.shop, day)
            return adjustment_totals(cursor)
