"""Rows that cannot be used are rejected with a reason; files that cannot be used, refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from resources.errors import InputMissing, SettingsError, SourceError
from tests.examples.olist.export import (
    CUSTOMERS,
    ITEMS,
    ORDERS,
    PAYMENTS,
    Shop,
    hex_id,
    rewrite,
    rows_of,
    write_rows,
)
from tests.examples.olist.landing import ORDER, USER, Map, number_of


def test_rows_that_cannot_be_used_are_listed_with_file_line_and_reason(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    folder = shop.write(tmp_path / "export")
    bad = {
        ORDERS: [
            {**shop.orders[0], "order_id": "12e45"},
            {**shop.orders[0], "order_id": hex_id("c"), "order_status": "lost"},
            {**shop.orders[0], "order_id": hex_id("d"), "order_purchase_timestamp": ""},
            {**shop.orders[0], "order_id": hex_id("e"), "order_approved_at": "yesterday"},
            {**shop.orders[0], "order_id": hex_id("f"), "order_approved_at": "2107-01-01 00:00:00"},
        ],
        ITEMS: [
            {**shop.items[0], "order_item_id": "3", "price": "1.005"},
            {**shop.items[0], "order_item_id": "4", "freight_value": "-1.00"},
            {**shop.items[0], "order_id": hex_id("nobody")},
        ],
        PAYMENTS: [{**shop.payments[0], "order_id": hex_id("nobody")}],
    }
    for name, rows in bad.items():
        write_rows(folder / name, rows_of(folder / name) + rows)
    report, landing = mapped(folder)
    no_order = f"order {hex_id('nobody')} is not among the orders accepted"
    assert [(row.file, row.line, row.reason) for row in report.rejected] == [
        (ITEMS, 5, "price is '1.005', no amount of at most two decimals"),
        (ITEMS, 6, "freight_value is '-1.00', no amount of at most two decimals"),
        (ITEMS, 7, no_order),
        (PAYMENTS, 4, no_order),
        (ORDERS, 4, "order_id is '12e45', no 32 hex digits"),
        (ORDERS, 5, "order_status is 'lost', not known"),
        (ORDERS, 6, "order_purchase_timestamp is empty"),
        (ORDERS, 7, "order_approved_at is 'yesterday', no time between 2015 and 2035"),
        (ORDERS, 8, "order_approved_at is '2107-01-01 00:00:00', no time between 2015 and 2035"),
    ]
    assert landing.money() == (Decimal("19.75"), Decimal("19.75"), Decimal("19.75"))
    written = rows_of(report.rejections_file)
    assert [row["reason"] for row in written] == [row.reason for row in report.rejected]
    assert written[0]["text"].startswith(hex_id("a"))
    for file in report.files:
        assert file.lines == 1 + file.blank + file.accepted + file.rejected


def test_of_a_repeated_row_the_last_counts_and_the_others_are_listed(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    folder = shop.write(tmp_path / "export")
    again = {**shop.items[0], "price": "10.75"}
    write_rows(folder / ITEMS, [*shop.items, again])
    minute = {**shop.orders[1], "order_purchase_timestamp": "2018-01-07 00:00"}
    write_rows(folder / ORDERS, [*shop.orders, minute])
    report, landing = mapped(folder)
    assert [(row.file, row.line, row.reason) for row in report.rejected] == [
        (ITEMS, 2, "the same order_id and order_item_id again in line 5, which counts"),
        (ORDERS, 3, "the same order_id again in line 4, which counts"),
    ]
    assert landing.money() == (Decimal("20.00"), Decimal("20.00"), Decimal("19.75"))


def test_an_order_of_an_unknown_customer_keeps_its_money(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    folder = shop.write(tmp_path / "export")
    unknown = hex_id("customer of a")
    rewrite(folder / CUSTOMERS, lambda row: None if row["customer_id"] == unknown else row)
    report, landing = mapped(folder)
    assert landing.money() == (Decimal("19.75"),) * 3
    assert landing.rows(ORDER)[0]["user_id"] == number_of(unknown)
    assert len(landing.rows(USER)) == 1
    assert any(note.startswith("Orders whose customer") for note in report.notes)


def test_ids_that_would_become_one_number_are_refused(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    twins = ["0123456789abcde" + digit * 17 for digit in "ab"]
    for item, twin in zip(shop.items, twins, strict=False):
        item["seller_id"] = twin
    with pytest.raises(SourceError) as caught:
        mapped(shop.write(tmp_path / "export"))
    assert "seller_id" in caught.value.message
    assert all(twin in caught.value.message for twin in twins)


def test_a_missing_file_is_named(mapped: Map, shop: Shop, tmp_path: Path) -> None:
    folder = shop.write(tmp_path / "export")
    (folder / PAYMENTS).unlink()
    with pytest.raises(InputMissing, match=PAYMENTS):
        mapped(folder)


def test_a_landing_folder_that_something_else_fills_is_refused(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    foreign = tmp_path / "landing" / ORDER / "2018-01-02"
    foreign.mkdir(parents=True)
    with pytest.raises(SettingsError, match="not Olist's"):
        mapped(shop.write(tmp_path / "export"))
    assert foreign.exists()
