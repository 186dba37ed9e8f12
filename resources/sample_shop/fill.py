"""Fill a landing folder with days of the simulated shop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from resources.errors import SettingsError, StorageError
from resources.identifiers import text_literal
from resources.lake.window import Window
from resources.sample_shop.compression import gzip_pipe
from resources.sample_shop.deliveries import DELIVERIES, Delivery
from resources.sample_shop.manifest import open_manifest
from resources.sample_shop.session import enter_day, shop_session
from resources.sample_shop.shop_settings import ShopSettings

DONE_MARKER = "_SUCCESS"


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
        threads: Files written at the same time; one for each processor unless given.

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
    sources = tuple(delivery.source for delivery in DELIVERIES)
    skipped: list[date] = []
    workers = threads or os.cpu_count() or 1
    with (
        open_manifest(landing, shop, sources) as manifest,
        shop_session(shop) as connection,
        ThreadPoolExecutor(workers) as pool,
    ):
        for day in window:
            if day in manifest.days and _is_there(landing, day):
                skipped.append(day)
            else:
                enter_day(connection, shop, day)
                manifest.add(day, _deliver(connection, pool, landing, shop, day))
            if on_day is not None:
                on_day(day)
        rows = {source: {day: manifest.days[day][source] for day in window} for source in sources}
    return FillReport(rows, tuple(skipped))


def _deliver(
    connection: duckdb.DuckDBPyConnection,
    pool: ThreadPoolExecutor,
    landing: Path,
    shop: ShopSettings,
    day: date,
) -> dict[str, int]:
    """Write every source's folder of one day aside, then rename them into place."""

    def write(delivery: Delivery, part: Path, first: int, end: int) -> int:
        target = gzip_pipe(part) if delivery.compressed else nullcontext(part)
        with connection.cursor() as cursor, target as path:
            copy = (
                f"COPY ({delivery.select}) TO {text_literal(str(path))} ({delivery.copy_options})"
            )
            written = cursor.execute(copy, {"first": first, "end": end}).fetchone()
        return int(written[0]) if written else 0

    parts: list[tuple[Delivery, Future[int]]] = []
    try:
        for delivery in DELIVERIES:
            aside = _aside(landing, delivery, day)
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
        # The largest are last in the list and first in the queue, so that no thread idles.
        for delivery in reversed(DELIVERIES):
            for number, (first, end) in enumerate(delivery.slices(shop, day)):
                part = _aside(landing, delivery, day) / f"part-{number:05}.{delivery.suffix}"
                parts.append((delivery, pool.submit(write, delivery, part, first, end)))
        rows = dict.fromkeys((delivery.source for delivery in DELIVERIES), 0)
        for delivery, part in parts:
            rows[delivery.source] += part.result()
        for delivery in DELIVERIES:
            _put_in_place(landing, delivery, day)
    except (OSError, duckdb.Error) as error:
        raise StorageError(
            f"The sample shop could not deliver {day} into {landing}: {error}",
            "Make room or grant access there, then fill again.",
        ) from error
    finally:
        for _, part in parts:
            part.cancel()
    return rows


def _aside(landing: Path, delivery: Delivery, day: date) -> Path:
    return landing / delivery.source / f".{day.isoformat()}.aside"


def _is_there(landing: Path, day: date) -> bool:
    folders = (landing / delivery.source / day.isoformat() for delivery in DELIVERIES)
    return all((folder / DONE_MARKER).exists() for folder in folders)


def _put_in_place(landing: Path, delivery: Delivery, day: date) -> None:
    aside = _aside(landing, delivery, day)
    (aside / DONE_MARKER).touch()
    target = landing / delivery.source / day.isoformat()
    # A fill that was killed before it noted the day leaves the same rows there.
    shutil.rmtree(target, ignore_errors=True)
    aside.rename(target)
