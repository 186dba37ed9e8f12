"""Fill a landing folder with days of the simulated shop."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from examples.sample_shop.books.bookkeeping import Bookkeeping
from examples.sample_shop.day_files import DayFiles
from examples.sample_shop.day_folders import DayFolders
from examples.sample_shop.days import Days
from examples.sample_shop.deliveries import SOURCES
from examples.sample_shop.manifest import open_manifest
from examples.sample_shop.session import shop_session
from examples.sample_shop.shop_settings import ShopSettings
from resources.errors import SettingsError
from resources.lake.model.window import Window


@dataclass(frozen=True)
class FillReport:
    """What a fill did.

    Args:
        rows: Rows by source and day, of the days delivered and of those found delivered.
        skipped: Days that were there already.
    """

    rows: Mapping[str, Mapping[date, int]]
    skipped: tuple[date, ...]

    @property
    def total(self) -> int:
        """Rows of all sources and days."""
        return sum(sum(days.values()) for days in self.rows.values())


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
        skipped = tuple(
            day
            for day in window
            if day in manifest.days and DayFolders(landing, shop, day).are_there()
        )
        files = DayFiles(connection, landing, shop, pool, workers)
        books = Bookkeeping(connection, shop, manifest)
        days = Days(files, books, [day for day in window if day not in skipped])
        for day in window:
            if day not in skipped:
                manifest.add(day, days.deliver(day))
            if on_day is not None:
                on_day(day)
        rows = {source: {day: manifest.days[day][source] for day in window} for source in SOURCES}
    return FillReport(rows, skipped)
