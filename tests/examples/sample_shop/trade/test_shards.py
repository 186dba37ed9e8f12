"""The order center's shards: each order lies where its buyer's hash says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.model.window import Window
from tests.examples.sample_shop.reading import Delivered, ordered_on, read_day


def _shard(user_id: int, databases: int = 2, tables: int = 2) -> tuple[int, int]:
    hashed = user_id * 2654435761 % 4294967296
    return hashed // tables % databases, hashed % tables


@pytest.mark.parametrize("source", ["order", "order_item", "after_sale"])
def test_every_row_lies_in_the_shard_of_its_buyer(delivered: Delivered, source: str) -> None:
    buyers = {
        number: row["user_id"] for number, row in delivered.latest("order", "order_no").items()
    }
    found = set()
    for _, row in delivered.log(source):
        if row["order_no"] in buyers:
            shard = (row["shard_database"], row["shard_table"])
            assert shard == _shard(buyers[row["order_no"]]), row
            found.add(shard)
    assert found == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_order_numbers_carry_the_shard_from_the_third_day_on(delivered: Delivered) -> None:
    third = delivered.shop.first_date + timedelta(days=2)
    for number, order in delivered.latest("order", "order_no").items():
        database, table = order["shard_database"], order["shard_table"]
        suffix = f"S{database:02}{table:02}" if ordered_on(number) >= third else ""
        assert re.fullmatch(r"O\d{16}" + suffix, number), number


def test_older_orders_are_in_the_mapping(delivered: Delivered) -> None:
    third = delivered.shop.first_date + timedelta(days=2)
    mapping = delivered.latest("order_no_mapping", "order_no")
    orders = delivered.latest("order", "order_no")
    assert mapping.keys() == {number for number in orders if ordered_on(number) < third}
    for number, row in mapping.items():
        assert (row["shard_database"], row["shard_table"]) == _shard(row["user_id"]), row
        assert row["user_id"] == orders[number]["user_id"], row


def test_a_shop_may_have_any_number_of_shards(tmp_path: Path) -> None:
    day = date(2026, 1, 3)
    shop = ShopSettings(orders_per_day=300, databases=3, tables=4)
    fill(tmp_path, shop, Window.of_day(day))
    shards = set()
    for row in read_day(tmp_path, "order", day):
        database, table = _shard(row["user_id"], databases=3, tables=4)
        assert (row["shard_database"], row["shard_table"]) == (database, table), row
        if ordered_on(row["order_no"]) == day:
            assert row["order_no"].endswith(f"S{database:02}{table:02}"), row
        shards.add((database, table))
    assert len(shards) == 12
