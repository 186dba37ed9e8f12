"""Fill a landing folder with days of the simulated shop.

The life of an order is computed once for all days that tell it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from examples.sample_shop.books.bookkeeping import Bookkeeping
from examples.sample_shop.day_files import DayFiles, Written
from examples.sample_shop.deliveries import SOURCES
from examples.sample_shop.errors.truth import write_truth
from examples.sample_shop.life.slices import LAST_AGE
from examples.sample_shop.manifest import open_manifest
from examples.sample_shop.session import shop_session
from examples.sample_shop.shop_settings import ShopSettings
from resources.errors import SettingsError, StorageError
from resources.lake.model.window import Window


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
                self._files.folders(begun).tidy()
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
        files.folders(day).put_in_place()
        del self._begun[day]
        return {source: written.rows[source] for source in SOURCES}

    def _next_order_day(self, day: date) -> date:
        """The first date whose orders `day` tells and that have not been written."""
        first = day - timedelta(days=LAST_AGE)
        return first if self._ordered is None else max(first, self._ordered + timedelta(days=1))

    def _write_orders(self, first: date) -> None:
        """Write the orders of `first`, and with them those of as many dates as fit into a slice."""
        last = self._files.last_in_slice(first, self._days[-1])
        ordered = list(Window.of_days(first, last))
        told = [
            day for day in self._days if first <= day and day - timedelta(days=LAST_AGE) <= last
        ]
        for day in told:
            if day not in self._begun:
                self._files.folders(day).begin()
                self._begun[day] = Written()
        for day, written in self._files.write_orders(ordered, told).items():
            self._begun[day].add(written)
        self._ordered = last


@dataclass(frozen=True)
class FillReport:
    """Rows by source and day, of all the days asked for, and the days that were there already."""

    rows: Mapping[str, Mapping[date, int]]
    skipped: tuple[date, ...]


def fill(
    landing: Path,
    shop: ShopSettings,
    window: Window,
    on_day: Callable[[date], None] | None = None,
    threads: int | None = None,
) -> FillReport:
    """Deliver every day of `window` into `landing`, except the days that are there already.

    A day of a source appears whole: it is written aside and renamed. Its rows depend on the
    shop's settings and the date alone.

    Args:
        landing: Root of the delivered files, made if need be.
        shop: The shop to simulate.
        window: The business dates to deliver, none before the shop's first.
        on_day: Told each date once it is there, in order.
        threads: Slices written at the same time; one for each processor unless given.

    Raises:
        SettingsError: If the window begins before the shop opens, or the landing folder is
            filled by something else than this shop.
        StorageError: If a file cannot be written; the days before are complete.
    """
    if window.start < shop.first_date:
        raise SettingsError(
            f"The sample shop opens on {shop.first_date}; {window} begins before",
            f"Ask for days from {shop.first_date} on.",
        )
    workers = threads or os.cpu_count() or 1
    with (
        open_manifest(landing, shop, SOURCES) as manifest,
        shop_session(shop) as connection,
        ThreadPoolExecutor(workers) as pool,
    ):
        files = DayFiles(connection, landing, shop, pool, workers)
        skipped = tuple(
            day for day in window if day in manifest.days and files.folders(day).are_there()
        )
        books = Bookkeeping(connection, shop, manifest)
        days = Days(files, books, [day for day in window if day not in skipped])
        for day in window:
            if day not in skipped:
                manifest.add(day, days.deliver(day))
            if on_day is not None:
                on_day(day)
        rows = {source: {day: manifest.days[day][source] for day in window} for source in SOURCES}
    return FillReport(rows, skipped)
