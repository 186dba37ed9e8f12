"""Writes the files of days, slice by slice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from duckdb import DuckDBPyConnection

from examples.sample_shop import deliveries
from examples.sample_shop.day_folders import DayFolders, copy, copy_shards
from examples.sample_shop.delivery import PARQUET, Ages, Delivery
from examples.sample_shop.errors.injection import injection_into
from examples.sample_shop.errors.truth import TruthRow
from examples.sample_shop.life.slices import begin_slice, enter_day, show_slice
from examples.sample_shop.shop_settings import ShopSettings
from resources.identifiers import quoted, text_literal

Slice = tuple[int, int]
T = TypeVar("T")


@dataclass
class Written:
    """What has been written of a day: rows by source, and the errors among them."""

    rows: Counter[str] = field(default_factory=Counter[str])
    wrong: list[TruthRow] = field(default_factory=list[TruthRow])

    def add(self, other: Written) -> None:
        """Count in what another slice wrote."""
        self.rows.update(other.rows)
        self.wrong += other.wrong


@dataclass(frozen=True)
class DayFiles:
    """Writes files of a shop's days into folders aside; `threads` of the pool share the memory."""

    connection: DuckDBPyConnection
    landing: Path
    shop: ShopSettings
    pool: ThreadPoolExecutor
    threads: int

    def order_slices(self) -> list[Slice]:
        """The sequences of a day's orders, cut into slices."""
        return self._slices((0, self.shop.orders_per_day))

    def last_in_slice(self, first: date, last: date) -> date:
        """The last date, at most `last`, whose orders fit into a slice with those from `first`."""
        if first < self.shop.first_date:
            return min(last, self.shop.first_date - timedelta(days=1))
        dates = max(1, deliveries.SLICE // self.threads // max(1, self.shop.orders_per_day))
        return min(last, first + timedelta(days=dates - 1))

    def write_orders(self, ordered: Sequence[date], days: Sequence[date]) -> Mapping[date, Written]:
        """Write what is told on each of `days` of the orders placed on the days `ordered`."""
        # Nobody ordered before the opening; a source that tells of old orders is there, empty.
        is_open = ordered[-1] >= self.shop.first_date
        parts = [
            self.pool.submit(self._write_orders, ordered, days, number, slice_)
            for number, slice_ in enumerate(self.order_slices() if is_open else [(0, 0)])
        ]
        written = {day: Written() for day in days}
        for part in _results(parts):
            for day, of_the_day in part.items():
                written[day].add(of_the_day)
        return written

    def write_entities(self, day: date, is_closing: bool = False) -> Written:
        """Write what follows no orders, or at the end of the day what their slices collected."""
        parts = [
            self.pool.submit(self._write_ids, delivery, day, number, slice_)
            for delivery in deliveries.DELIVERIES
            if delivery.is_closing == is_closing and (delivery.ids is not None or is_closing)
            for number, slice_ in enumerate(
                [None] if delivery.ids is None else self._slices(delivery.ids(self.shop, day))
            )
        ]
        written = Written()
        for part in _results(parts):
            written.add(part)
        return written

    def _slices(self, ids: Slice) -> list[Slice]:
        """One file each, at least one."""
        first, end = ids
        size = max(1, deliveries.SLICE // self.threads)
        starts = range(first, max(end, first + 1), size)
        return [(start, min(start + size, end)) for start in starts]

    def _write_orders(
        self, ordered: Sequence[date], days: Sequence[date], number: int, slice_: Slice
    ) -> dict[date, Written]:
        written: dict[date, Written] = {}
        name = f"{ordered[0]:%Y%m%d}-{number:05}"
        with self.connection.cursor() as cursor:
            begin_slice(cursor, self.shop, ordered, *slice_)
            for day in days:
                show_slice(cursor, self.shop, ordered, day)
                written[day] = self._write_slice(cursor, ordered, day, name)
        return written

    def _write_slice(
        self, cursor: DuckDBPyConnection, ordered: Sequence[date], day: date, name: str
    ) -> Written:
        for collection in deliveries.collections(self.shop):
            if self._is_told(collection.ages, ordered, day):
                path = self.folders(day).collected(collection.name) / f"{name}.parquet"
                copy(cursor, collection.select, path, PARQUET.options)
        written = Written()
        for delivery in deliveries.DELIVERIES:
            follows_orders = delivery.ids is None and not delivery.is_closing
            if follows_orders and self._is_told(delivery.ages, ordered, day):
                written.add(self._write(cursor, delivery, day, name, {}))
        return written

    def _is_told(self, ages: Ages, ordered: Sequence[date], day: date) -> bool:
        """Whether there is anything to tell of orders of these days, or a file to be there."""
        youngest, oldest = ages
        return any(
            (day - date_).days == youngest
            or (date_ >= self.shop.first_date and youngest < (day - date_).days <= oldest)
            for date_ in ordered
        )

    def _write_ids(
        self, delivery: Delivery, day: date, number: int, slice_: Slice | None
    ) -> Written:
        ids = {} if slice_ is None else {"first": slice_[0], "end": slice_[1]}
        with self.connection.cursor() as cursor:
            enter_day(cursor, self.shop, day)
            return self._write(cursor, delivery, day, f"{number:05}", ids)

    def _write(
        self,
        cursor: DuckDBPyConnection,
        delivery: Delivery,
        day: date,
        name: str,
        ids: Mapping[str, int],
    ) -> Written:
        written = Written()
        select = delivery.select
        errors = injection_into(
            delivery.source, self.shop.errors, self.shop.random_key("injected errors")
        )
        if errors is not None:
            written.wrong += cursor.execute(errors.truth_sql(select), dict(ids)).fetchall()
            select = errors.rows_sql(select)
        rows = delivery.layout(select)
        folders = self.folders(day)
        file = f"{delivery.prefix}-{name}.{delivery.format.suffix}"
        if delivery.is_sharded:
            written.rows[delivery.source] += copy_shards(cursor, rows, delivery, folders, file)
        else:
            with delivery.pipe(cursor, folders.of(delivery) / file, day) as path:
                count = copy(cursor, rows, path, delivery.format.options, ids)
            written.rows[delivery.source] += count
        return written

    def show_collected(self, day: date) -> None:
        """Make what the slices collected relations of the session, under their names."""
        for collection in deliveries.collections(self.shop):
            files = self.folders(day).collected(collection.name) / "*.parquet"
            self.connection.execute(
                f"CREATE OR REPLACE VIEW {quoted(collection.name)} AS "
                f"FROM read_parquet({text_literal(str(files))})"
            )

    def folders(self, day: date) -> DayFolders:
        """The folders of one day."""
        return DayFolders(self.landing, self.shop, day)


def _results(parts: Sequence[Future[T]]) -> Iterable[T]:
    """What every part gives; if one failed, the others are not begun."""
    try:
        for part in parts:
            yield part.result()
    finally:
        for part in parts:
            part.cancel()
