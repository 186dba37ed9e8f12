"""What a small export becomes: every row delivered on its day, or rejected with a reason."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from examples.olist.lake_home import mapping_settings
from examples.olist.mapping import map_olist
from resources.lake.model.window import Window
from tests.examples.olist.export import (
    CUSTOMERS,
    PRODUCTS,
    SELLERS,
    TRANSLATIONS,
    Shop,
    hex_id,
    rewrite,
    rows_of,
    write_rows,
)
from tests.examples.olist.landing import (
    CATEGORY,
    ITEM,
    ORDER,
    PAYMENT,
    SELLER,
    SKU,
    SOURCES,
    USER,
    Landing,
    Map,
    number_of,
)


def test_every_row_lands_on_its_business_date(mapped: Map, shop: Shop, tmp_path: Path) -> None:
    report, landing = mapped(shop.write(tmp_path / "export"))
    assert [row["dt"] for row in landing.rows(ORDER)] == [date(2018, 1, 2), date(2018, 1, 7)]
    assert [row["dt"] for row in landing.rows(ITEM)] == 2 * [date(2018, 1, 2)] + [date(2018, 1, 7)]
    # A payment counts when its order was approved; where it never was, when it was placed.
    assert [row["dt"] for row in landing.rows(PAYMENT)] == [date(2018, 1, 4), date(2018, 1, 7)]
    assert [row["dt"] for row in landing.rows(USER)] == [date(2018, 1, 2), date(2018, 1, 7)]
    for source in (SKU, CATEGORY, SELLER):
        assert [row["dt"] for row in landing.rows(source)] == [date(2018, 1, 2)]
    assert report.window == Window.of_days(date(2018, 1, 2), date(2018, 1, 7))
    for source in SOURCES:
        assert landing.days(source) == list(report.window)
    never_approved = (
        "Orders paid and never approved; their payments count when they were placed: 1."
    )
    assert never_approved in report.notes


def test_an_order_is_delivered_again_on_the_day_it_was_approved(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    _, landing = mapped(shop.write(tmp_path / "export"))
    (again,) = landing.orders_again()
    assert again == {**landing.rows(ORDER)[0], "dt": date(2018, 1, 4)}


def test_amounts_statuses_and_ids_are_what_the_documentation_says(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    _, landing = mapped(shop.write(tmp_path / "export"))
    first, second = landing.rows(ORDER)
    assert first["order_no"] == hex_id("a")
    assert first["user_id"] == number_of(hex_id(hex_id("customer of a")))
    assert [first[name] for name in ("order_status", "ordered_at", "paid_at", "shipped_at")] == [
        "delivered",
        "2018-01-03T01:59:59Z",
        "2018-01-04T10:00:00Z",
        "2018-01-05T03:00:00Z",
    ]
    amounts = ("goods_amount", "discount_amount", "shipping_amount", "payable_amount")
    assert [str(first[name]) for name in amounts] == ["11.50", "0.00", "2.25", "13.75"]
    assert (second["order_status"], second["paid_at"]) == ("created", None)
    line = landing.rows(ITEM)[0]
    assert (line["sku_id"], line["seller_id"]) == (
        number_of(hex_id("product")),
        number_of(hex_id("seller")),
    )
    assert (line["line_no"], line["quantity"], line["pay_amount"]) == (1, 1, Decimal("12.75"))
    payment = landing.rows(PAYMENT)[0]
    assert payment["payment_no"] == f"{hex_id('a')}-1"
    assert (payment["payment_status"], payment["paid_at"]) == ("captured", "2018-01-04T10:00:00Z")
    (sku,) = landing.rows(SKU)
    (category,) = landing.rows(CATEGORY)
    assert sku["weight_gram"] == 225
    assert category["category_name"] == "health_beauty"
    named = hashlib.md5(b"beleza_saude").hexdigest()
    assert str(sku["category_id"]) == category["category_id"] == str(number_of(named))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("created", "created"),
        ("approved", "paid"),
        ("invoiced", "paid"),
        ("processing", "paid"),
        ("shipped", "shipped"),
        ("delivered", "delivered"),
        ("canceled", "cancelled"),
        ("unavailable", "unavailable"),
    ],
)
def test_statuses(mapped: Map, tmp_path: Path, theirs: str, ours: str) -> None:
    shop = Shop().order("a", "2018-01-02 10:00:00", status=theirs).item("a", "1.00")
    _, landing = mapped(shop.payment("a", "1.00").write(tmp_path / "export"))
    (order,) = landing.rows(ORDER)
    assert (order["order_status"], order["cancelled_at"]) == (ours, None)


def test_times_that_clock_changes_skip_or_repeat_are_kept_on_their_day(
    mapped: Map, tmp_path: Path
) -> None:
    shop = Shop()
    # On 2017-10-15 clocks in São Paulo went from 00:00 to 01:00, on 2018-02-18 from 00:00 back.
    for name, time in (("skipped", "2017-10-15 00:30:00"), ("repeated", "2018-02-17 23:30:00")):
        shop.order(name, time).item(name, "1.00").payment(name, "1.00")
    report, landing = mapped(shop.write(tmp_path / "export"))
    assert report.rejected_count == 0
    times = {row["order_no"]: (row["dt"], row["ordered_at"]) for row in landing.rows(ORDER)}
    assert times == {
        hex_id("skipped"): (date(2017, 10, 15), "2017-10-15T03:30:00Z"),
        hex_id("repeated"): (date(2018, 2, 17), "2018-02-18T02:30:00Z"),
    }
    assert [row["dt"] for row in landing.rows(PAYMENT)] == [date(2017, 10, 15), date(2018, 2, 17)]


def test_users_change_when_a_later_order_comes_from_another_place(
    mapped: Map, tmp_path: Path
) -> None:
    shop = Shop()
    for name, day in (("a", "02"), ("b", "03"), ("c", "05")):
        shop.order(name, f"2018-01-{day} 10:00:00").item(name, "1.00").payment(name, "1.00")
    folder = shop.write(tmp_path / "export")
    cities = {hex_id("customer of a"): "Recife", hex_id("customer of b"): "Recife"}

    def same_buyer(row: dict[str, str]) -> dict[str, str]:
        city = cities.get(row["customer_id"], "Natal")
        return {**row, "customer_unique_id": hex_id("buyer"), "customer_city": city}

    rewrite(folder / CUSTOMERS, same_buyer)
    _, landing = mapped(folder)
    users = [(row["dt"], row["city"], row["registered_at"][8:10]) for row in landing.rows(USER)]
    assert users == [(date(2018, 1, 2), "Recife", "02"), (date(2018, 1, 5), "Natal", "02")]


def test_days_asked_for_begin_with_everything_known_before(shop: Shop, tmp_path: Path) -> None:
    folder, root = shop.write(tmp_path / "export"), tmp_path / "landing"
    window = Window.of_days(date(2018, 1, 4), date(2018, 1, 5))
    report = map_olist(folder, root, mapping_settings(tmp_path / "home"), window=window)
    landing = Landing(root)
    assert landing.rows(ORDER) == []
    assert [row["dt"] for row in landing.rows(PAYMENT)] == [date(2018, 1, 4)]
    for source in (USER, SKU, CATEGORY, SELLER):
        assert [row["dt"] for row in landing.rows(source)] == [date(2018, 1, 4)]
        assert landing.days(source) == list(window)
    outside = {each.source: each.outside for each in report.deliveries}
    assert outside == {ORDER: 2, ITEM: 3, PAYMENT: 1, USER: 1, SKU: 0, CATEGORY: 0, SELLER: 0}


def test_a_second_mapping_writes_only_the_days_that_changed(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    folder = shop.write(tmp_path / "export")
    first, _ = mapped(folder)
    assert {each.changed_days for each in first.deliveries} == {6}
    again, _ = mapped(folder)
    assert {each.changed_days for each in again.deliveries} == {0}
    shop.items[2]["price"] = "5.01"
    changed, landing = mapped(shop.write(folder))
    written = {each.source: each.changed_days for each in changed.deliveries if each.changed_days}
    assert written == {ORDER: 1, ITEM: 1}
    assert landing.money()[1] == Decimal("19.76")
    shorter = Shop(shop.orders[:1], shop.items[:2], shop.payments[:1])
    _, landing = mapped(shorter.write(folder))
    assert landing.days(ORDER)[-1] == date(2018, 1, 4)


def test_without_reference_files_the_money_is_the_same(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    folder = shop.write(tmp_path / "export")
    for name in (PRODUCTS, SELLERS, TRANSLATIONS):
        (folder / name).unlink()
    report, landing = mapped(folder)
    assert landing.money() == (Decimal("19.75"),) * 3
    assert landing.rows(SKU) == landing.rows(SELLER) == []
    assert f"{PRODUCTS} is not there: nothing is known of its products." in report.notes


def test_a_category_without_translation_keeps_its_name_and_none_stays_none(
    mapped: Map, shop: Shop, tmp_path: Path
) -> None:
    folder = shop.write(tmp_path / "export")
    product = rows_of(folder / PRODUCTS)[0]
    more = [
        {**product, "product_id": hex_id("2"), "product_category_name": "pc_gamer"},
        {**product, "product_id": hex_id("3"), "product_category_name": ""},
    ]
    write_rows(folder / PRODUCTS, [product, *more])
    report, landing = mapped(folder)
    names = {row["category_id"]: row["category_name"] for row in landing.rows(CATEGORY)}
    assert sorted(names.values()) == ["health_beauty", "pc_gamer"]
    categories = {row["sku_name"]: row["category_id"] for row in landing.rows(SKU)}
    assert names[str(categories[hex_id("2")])] == "pc_gamer"
    assert categories[hex_id("3")] is None
    assert "Categories without a translation keep their name: pc_gamer." in report.notes
    assert "Products without a category: 1." in report.notes
