"""Reads deliveries with plain Python, so that no line of the shop's SQL vouches for itself."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import pyarrow.parquet

from examples.sample_shop.shop_settings import ShopSettings

Row = dict[str, Any]
SOURCES = {
    "order": "order_center/order",
    "order_item": "order_center/order_item",
    "order_no_mapping": "order_center/order_no_mapping",
    "after_sale": "order_center/after_sale",
    "payment": "payment_center/payment",
    "refund": "payment_center/refund",
    "user": "user_center/user",
    "sku": "product_center/sku",
    "category": "product_center/category",
    "seller": "merchant_center/seller",
    "coupon": "marketing/coupon",
    "coupon_use": "marketing/coupon_use",
    "points_entry": "marketing/points_entry",
    "wallet_entry": "marketing/wallet_entry",
    "shipment": "logistics/shipment",
    "stock_movement": "logistics/stock_movement",
    "stock_snapshot": "logistics/stock_snapshot",
    "commission_rate": "merchant_center/commission_rate",
    "settlement": "merchant_center/settlement",
    "settlement_item": "merchant_center/settlement_item",
    "channel_summary": "channel/summary",
    "payout": "payment_center/payout",
    "bank_statement": "bank/statement",
    "invoice": "finance/invoice",
    "manual_adjustment": "finance/manual_adjustment",
    "ledger_balance": "finance/ledger_balance",
    "source_event": "events/source_event",
}
"""Folders by name, of all sources but channel bills, which are read in bills.py."""
_WHOLE_NUMBERS = ("line_no", "quantity", "shard_database", "shard_table")
_SHARD = re.compile(r"database_(\d+)/table_(\d+)/")


def _typed(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if name.endswith("_at"):
            return datetime.fromisoformat(value)
        if name.endswith(("_amount", "_price", "_rate")) or name == "amount":
            return Decimal(value)
        if name in _WHOLE_NUMBERS or (name.endswith(("_id", "_count")) and value.isdigit()):
            return int(value)
    return value


def _rows_of(path: Path) -> Iterator[Row]:
    def texts(file: TextIO) -> Iterator[Row]:
        yield from csv.DictReader(file, strict=True)

    if path.name.endswith(".csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from texts(file)
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            yield from texts(file)
    elif path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(line, parse_float=Decimal) for line in file)
    else:
        with path.open("rb") as file:
            yield from pyarrow.parquet.read_table(file).to_pylist()


def read_day(landing: Path, source: str, day: date) -> list[Row]:
    """Every row of one delivered day, typed, in the order of the files."""
    folder = landing / SOURCES[source] / day.isoformat()
    assert (folder / "_SUCCESS").exists(), f"{folder} is not complete"
    return [
        {name: _typed(name, value) for name, value in (row | _shard_of(path)).items()}
        for path in sorted(folder.rglob("part-*"))
        for row in _rows_of(path)
    ]


def _shard_of(path: Path) -> Row:
    """The columns that a sharded source has only in its paths."""
    found = _SHARD.search(path.as_posix())
    return {"shard_database": int(found[1]), "shard_table": int(found[2])} if found else {}


def as_multiset(rows: list[Row]) -> list[str]:
    """Rows in an order of their own, to compare what two deliveries hold."""
    return sorted(repr(row) for row in rows)


@dataclass(frozen=True)
class Delivered:
    """A filled landing folder, with everything in it by source and day."""

    shop: ShopSettings
    landing: Path
    days: list[date]
    rows: dict[str, dict[date, list[Row]]]

    def log(self, source: str) -> list[tuple[date, Row]]:
        """All rows of a source with the day that delivered them, oldest first."""
        return [(day, row) for day in self.days for row in self.rows[source][day]]

    def latest(self, source: str, key: str) -> dict[Any, Row]:
        """The latest version of each key at the end, as a consumer of the log would find it."""
        return {row[key]: row for row in self.latest_rows(source, key)}

    def latest_rows(self, source: str, *key: str) -> list[Row]:
        """The same, for a key of several columns."""
        latest: dict[Any, Row] = {}
        for _, row in self.log(source):
            values = tuple(row[name] for name in key)
            known = latest.get(values)
            if known is None or row["updated_at"] >= known["updated_at"]:
                latest[values] = row
        return list(latest.values())

    def business_date(self, instant: datetime) -> date:
        """The date of an instant where the shop is."""
        return instant.astimezone(ZoneInfo(self.shop.time_zone)).date()

    def settled(self, order_no: str) -> bool:
        """Whether every change of the order lies within the days delivered."""
        return ordered_on(order_no) + timedelta(days=3) <= self.days[-1]

    def closed(self, order_no: str) -> bool:
        """Whether whatever is told of its after-sale, too, lies within the days delivered."""
        return ordered_on(order_no) + timedelta(days=6) <= self.days[-1]


def of_currency(number: str, currency: str) -> str:
    """A number of what is kept apart by currency; that of the shop's own currency is bare."""
    return number if currency == "CNY" else f"{number}-{currency}"


def ordered_on(order_no: str) -> date:
    """The date that an order number begins with."""
    return date.fromisoformat(f"{order_no[1:5]}-{order_no[5:7]}-{order_no[7:9]}")


def read_landing(landing: Path, shop: ShopSettings, days: list[date]) -> Delivered:
    """Read all sources of the given days."""
    rows = {source: {day: read_day(landing, source, day) for day in days} for source in SOURCES}
    return Delivered(shop, landing, days, rows)
