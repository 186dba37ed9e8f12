"""Manifests stay few, and what they say of files lets readers skip them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow
import pytest
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DateType, DecimalType, LongType, NestedField

from resources.errors import StorageError
from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    files_in_snapshot,
    metadata_location,
    order_rows,
    publish_orders,
    read,
)


def test_manifests_stay_few_however_often_a_day_is_replaced(lake: Lake):
    for number in range(12):
        publish_orders(lake, FIRST, order_rows(FIRST, 1 + number % 2))

    table = lake.snapshot(ORDERS).table
    assert len(table.current_snapshot().manifests(table.io)) <= 2


def test_many_days_share_manifests_and_each_can_still_be_replaced(lake: Lake):
    days = list(Window(date(2026, 1, 1), date(2026, 1, 28)))
    for number, day in enumerate(days):
        publish_orders(lake, day, order_rows(day, 1, start=number))
    publish_orders(lake, days[3], order_rows(days[3], 2, "5.00", start=100))
    publish_orders(lake, days[20], [])

    table = lake.snapshot(ORDERS).table
    assert len(table.current_snapshot().manifests(table.io)) <= 25
    expected = [
        row
        for number, day in enumerate(days)
        if number not in (3, 20)
        for row in order_rows(day, 1, start=number)
    ]
    assert read(lake) == sorted([*expected, *order_rows(days[3], 2, "5.00", start=100)])
    assert set(lake.snapshot(ORDERS).published) == set(days)


def test_statistics_let_readers_skip_files(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 5, start=10))

    (task,) = lake.snapshot(ORDERS).table.scan(row_filter="order_id = 12").plan_files()
    assert task.file.record_count == 5
    assert list(lake.snapshot(ORDERS).table.scan(row_filter="order_id = 99").plan_files()) == []


def test_a_foreign_file_that_holds_other_days_too_is_never_dropped(lake: Lake):
    """Another engine wrote one file for two days before the table was partitioned."""
    catalog = open_catalog(lake.settings)
    catalog.create_namespace("fact")
    table = catalog.create_table(
        ("fact", "dwd_order"),
        Schema(
            NestedField(1, "order_id", LongType(), required=False),
            NestedField(2, "pay_amount", DecimalType(18, 2), required=False),
            NestedField(3, "dt", DateType(), required=False),
        ),
    )
    table.append(
        pyarrow.table(
            {
                "order_id": [1, 2],
                "pay_amount": pyarrow.array([Decimal("1.00")] * 2, pyarrow.decimal128(18, 2)),
                "dt": [FIRST, SECOND],
            }
        )
    )
    with table.update_spec() as update:
        update.add_field("dt", IdentityTransform(), "dt")
    before = metadata_location(lake)

    with pytest.raises(StorageError, match="rows outside the window"):
        publish_orders(lake, FIRST, order_rows(FIRST, 1))

    assert metadata_location(lake) == before
    assert data_files(lake) == files_in_snapshot(lake)
