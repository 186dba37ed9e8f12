"""The delivered files, read with Python alone."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from examples.olist.reading.rows import ZONE
from examples.olist.report import MappingReport

Row = dict[str, Any]
SOURCES = (
    "order_center/order",
    "order_center/order_item",
    "payment_center/payment",
    "user_center/user",
    "product_center/sku",
    "product_center/category",
    "merchant_center/seller",
)
ORDER, ITEM, PAYMENT, USER, SKU, CATEGORY, SELLER = SOURCES


class Landing:
    """A landing folder and what lies in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def days(self, source: str) -> list[date]:
        """The days delivered, each complete."""
        folders = sorted(path for path in (self.root / source).iterdir() if path.is_dir())
        assert all((folder / "_SUCCESS").exists() for folder in folders)
        return [date.fromisoformat(folder.name) for folder in folders]

    def rows(self, source: str, day: date | None = None) -> list[Row]:
        """The rows of a day, or of all, each with its day as `dt`; orders when they were placed."""
        delivered = self._delivered(source, day)
        return [row for row in delivered if source != ORDER or row["dt"] == _placed_on(row)]

    def orders_again(self) -> list[Row]:
        """The orders that are delivered again on another day than that they were placed on."""
        return [row for row in self._delivered(ORDER) if row["dt"] != _placed_on(row)]

    def _delivered(self, source: str, day: date | None = None) -> list[Row]:
        days = self.days(source) if day is None else [day]
        return [
            {**row, "dt": each}
            for each in days
            for path in sorted((self.root / source / each.isoformat()).rglob("part-*"))
            for row in _rows_of(path)
        ]

    def total(self, source: str, column: str) -> Decimal:
        """The sum of a column of amounts."""
        return sum((Decimal(str(row[column])) for row in self.rows(source)), Decimal(0))

    def money(self) -> tuple[Decimal, Decimal, Decimal]:
        """What was ordered, by orders and by lines, and what was paid."""
        return (
            self.total("order_center/order", "payable_amount"),
            self.total("order_center/order_item", "pay_amount"),
            self.total("payment_center/payment", "paid_amount"),
        )


def _rows_of(path: Path) -> Iterator[Row]:
    if path.name.endswith(".parquet"):
        import pyarrow.parquet

        for row in pyarrow.parquet.read_table(path, partitioning=None).to_pylist():
            yield {name: _written(value) for name, value in row.items()}
    elif path.name.endswith(".jsonl"):
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line, parse_float=Decimal) for line in lines)
    else:
        opened = gzip.open if path.name.endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _placed_on(order: Row) -> date:
    return datetime.fromisoformat(order["ordered_at"]).astimezone(ZoneInfo(ZONE)).date()


def _written(value: Any) -> Any:
    """Instants in UTC as text, to be read; any other value as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


Map = Callable[[Path], tuple[MappingReport, Landing]]
"""Maps an export; what it says of it, and what it delivered."""


def number_of(identifier: str) -> int:
    """The number that an identifier of Olist becomes."""
    return int(identifier[:15], 16)
