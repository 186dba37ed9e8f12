"""Delivers days one after the other; the life of an order is computed once for all of them."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from examples.sample_shop.books.bookkeeping import Bookkeeping
from examples.sample_shop.day_files import DayFiles, Written
from examples.sample_shop.day_folders import DayFolders
from examples.sample_shop.deliveries import SOURCES
from examples.sample_shop.errors.truth import write_truth
from examples.sample_shop.life import LAST_AGE
from resources.errors import StorageError


class Days:
    """Days that are to be delivered, some of them begun.

    With the orders placed on a date everything is written that is ever told of them, aside in the
    folders of the days that tell it; a day is put in place once the orders of its own date are
    through.
    """

    def __init__(self, files: DayFiles, books: Bookkeeping, days: list[date]) -> None:
        self._files = files
        self._books = books
        self._days = days
        self._begun: dict[date, Written] = {}
        self._ordered: date | None = None

    def deliver(self, day: date) -> dict[str, int]:
        """Write what is missing of a day and put it in place; days are asked for in order.

        Returns:
            Rows by source.

        Raises:
            StorageError: If a file cannot be written. No day is half there.
        """
        try:
            return self._deliver(day)
        except (OSError, duckdb.Error) as error:
            for begun in self._begun:
                self._folders(begun).tidy()
            raise StorageError(
                f"The sample shop could not deliver {day} into {self._files.landing}: {error}",
                "Make room or grant access there, then fill again.",
            ) from error

    def _deliver(self, day: date) -> dict[str, int]:
        files, shop = self._files, self._files.shop
        self._books.catch_up(day, files.order_slices(), files.pool)
        while self._next_order_day(day) <= day:
            self._write_orders(self._next_order_day(day))
        written = self._begun[day]
        written.add(files.write_entities(day))
        files.show_collected(day)
        self._books.enter(day)
        written.add(files.write_entities(day, is_closing=True))
        if shop.errors:
            write_truth(files.landing, day, written.wrong)
        self._folders(day).put_in_place()
        del self._begun[day]
        return {source: written.rows[source] for source in SOURCES}

    def _next_order_day(self, day: date) -> date:
        """The first date whose orders `day` tells and that have not been written."""
        first = day - timedelta(days=LAST_AGE)
        return first if self._ordered is None else max(first, self._ordered + timedelta(days=1))

    def _write_orders(self, first: date) -> None:
        """Write the orders of `first`, and with them those of as many dates as fit into a slice."""
        last = self._files.last_in_slice(first, self._days[-1])
        ordered = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        told = [
            day for day in self._days if first <= day and day - timedelta(days=LAST_AGE) <= last
        ]
        for day in told:
            if day not in self._begun:
                self._folders(day).begin()
                self._begun[day] = Written()
        for day, written in self._files.write_orders(ordered, told).items():
            self._begun[day].add(written)
        self._ordered = last

    def _folders(self, day: date) -> DayFolders:
        return DayFolders(self._files.landing, self._files.shop, day)
