"""Where the files of a day lie while it is written, and how the day is put in place."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from examples.sample_shop import deliveries
from examples.sample_shop.delivery import Delivery
from examples.sample_shop.shop_settings import ShopSettings
from resources.identifiers import text_literal

DONE_MARKER = "_SUCCESS"
_COLLECTED = ".sample_shop.collected"


@dataclass(frozen=True)
class DayFolders:
    """The folders of one day in a landing folder."""

    landing: Path
    shop: ShopSettings
    day: date

    def are_there(self) -> bool:
        """Whether every source of the day has been put in place."""
        return all((self._place(source) / DONE_MARKER).exists() for source in deliveries.SOURCES)

    def begin(self) -> None:
        """Make empty folders to write the day aside in."""
        for collection in deliveries.collections(self.shop):
            shutil.rmtree(self.collected(collection.name), ignore_errors=True)
            self.collected(collection.name).mkdir(parents=True)
        for source in deliveries.SOURCES:
            shutil.rmtree(self._aside(source), ignore_errors=True)
        for delivery in deliveries.DELIVERIES:
            for shard in range(self.shop.databases * self.shop.tables):
                self.of(delivery, shard).mkdir(parents=True, exist_ok=True)

    def collected(self, name: str) -> Path:
        """The folder of what slices of orders leave for the end of the day."""
        return self.landing / _COLLECTED / self.day.isoformat() / name

    def of(self, delivery: Delivery, shard: int = 0) -> Path:
        """The folder aside that a delivery's rows are written in."""
        aside = self._aside(delivery.source)
        if not delivery.is_sharded:
            return aside
        database, table = divmod(shard, self.shop.tables)
        return aside / f"database_{database}" / f"table_{table}"

    def put_in_place(self) -> None:
        """Rename every source's folder: the day is there."""
        for source in deliveries.SOURCES:
            (self._aside(source) / DONE_MARKER).touch()
            # A fill that was killed before it noted the day leaves the same rows there.
            shutil.rmtree(self._place(source), ignore_errors=True)
            self._aside(source).rename(self._place(source))
        self.tidy()

    def tidy(self) -> None:
        """Remove whatever is not in place."""
        collected = self.landing / _COLLECTED
        shutil.rmtree(collected / self.day.isoformat(), ignore_errors=True)
        with suppress(OSError):
            collected.rmdir()
        for source in deliveries.SOURCES:
            shutil.rmtree(self._aside(source), ignore_errors=True)

    def _aside(self, source: str) -> Path:
        return self.landing / source / f".{self.day.isoformat()}.aside"

    def _place(self, source: str) -> Path:
        return self.landing / source / self.day.isoformat()


def copy(
    cursor: DuckDBPyConnection,
    select: str,
    path: Path,
    options: str,
    ids: Mapping[str, int] | None = None,
) -> int:
    """Write the rows of a SELECT to a file; `ids` are its parameters. Returns how many."""
    statement = f"COPY ({select}) TO {text_literal(str(path))} ({options})"
    written = cursor.execute(statement, dict(ids or {})).fetchone()
    return int(written[0]) if written else 0


def copy_shards(
    cursor: DuckDBPyConnection, select: str, delivery: Delivery, folders: DayFolders, file: str
) -> int:
    """Write rows that have a `shard_number` into their shards' folders, in one go.

    A shard without rows has no file, unless there are no rows at all: then the first has one.
    """
    aside = folders.of(delivery) / f".{file}"
    count = copy(cursor, select, aside, f"{delivery.format.options}, PARTITION_BY (shard_number)")
    for part in aside.glob("shard_number=*/*"):
        shard = int(part.parent.name.removeprefix("shard_number="))
        part.rename(folders.of(delivery, shard) / file)
    shutil.rmtree(aside, ignore_errors=True)
    if count == 0:
        empty = f"SELECT * EXCLUDE (shard_number) FROM ({select})"
        copy(cursor, empty, folders.of(delivery) / file, delivery.format.options)
    return count
