"""Seven months of the real sample through every table, against a reading of the CSVs by itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import dagster as dg

from examples.olist.lake_home import mapping_settings
from examples.olist.mapping import map_olist
from examples.olist.run import OlistRun, run_olist
from resources.lake.model.window import Window
from tests.examples.olist.conftest import RealData, Tables
from tests.examples.olist.export import ITEMS, PRODUCTS, SELLERS, TRANSLATIONS, Reading, rows_of


def test_every_day_adds_up_to_what_the_csvs_say(tables: Tables, reading: Reading) -> None:
    assert tables.financial_days() == reading.days()


def test_every_order_is_there_with_its_amounts(tables: Tables, reading: Reading) -> None:
    rows = tables.query(
        "SELECT order_no, dt, user_id, line_count, goods_amount, shipping_amount, payable_amount, "
        "line_pay_amount FROM dwd_order",
        "dwd_order",
    )
    assert len(rows) == len(reading.orders)
    assert {row[0]: row[1:] for row in rows} == {
        order_id: (
            reading.ordered_on(order_id),
            int(reading.buyer(order_id)[:15], 16),
            len(reading.items[order_id]),
            reading.goods(order_id),
            reading.shipping(order_id),
            reading.payable(order_id),
            reading.payable(order_id),
        )
        for order_id in reading.orders
    }


def test_every_item_and_every_payment_is_there(tables: Tables, reading: Reading) -> None:
    lines = tables.query(
        "SELECT order_no, line_no, sku_id, seller_id, pay_amount FROM dwd_order_detail",
        "dwd_order_detail",
    )
    assert sorted(lines) == sorted(
        (
            row["order_id"],
            int(row["order_item_id"]),
            int(row["product_id"][:15], 16),
            int(row["seller_id"][:15], 16),
            Decimal(row["price"]) + Decimal(row["freight_value"]),
        )
        for rows in reading.items.values()
        for row in rows
    )
    payments = tables.query(
        "SELECT payment_no, dt, payment_method, installment_count, paid_amount FROM dwd_payment",
        "dwd_payment",
    )
    assert sorted(payments) == sorted(
        (
            f"{order_id}-{row['payment_sequential']}",
            reading.paid_on(order_id),
            row["payment_type"],
            int(row["payment_installments"]),
            Decimal(row["payment_value"]),
        )
        for order_id, rows in reading.payments.items()
        for row in rows
    )


def test_the_finance_day_and_the_bridge_tie(
    tables: Tables, real_run: OlistRun, reading: Reading
) -> None:
    days = reading.days()
    finance = tables.query(
        "SELECT dt, order_count, gmv, paid_amount FROM ads_finance_daily",
        "ads_finance_daily",
    )
    assert {row[0]: row[1:] for row in finance} == {
        day: (each.orders, each.goods + each.shipping, each.paid) for day, each in days.items()
    }
    bridge = {
        row[0]: row[1:]
        for row in tables.query(
            "SELECT dt, opening_amount, ordered_amount, cancelled_amount, paid_amount, "
            "closing_amount FROM ads_revenue_bridge",
            "ads_revenue_bridge",
        )
    }
    zero = Decimal("0.00")
    unpaid = zero
    for day in real_run.window:
        ordered = days[day].goods + days[day].shipping if day in days else zero
        paid = days[day].paid if day in days else zero
        opening, unpaid = unpaid, unpaid + ordered - paid
        # Without movements and balances the bridge has no row.
        assert bridge.get(day, (zero,) * 5) == (opening, ordered, zero, paid, unpaid), day
    assert set(bridge) <= set(real_run.window)


def test_sellers_add_up(tables: Tables, reading: Reading) -> None:
    rows = tables.query(
        "SELECT seller_id, sum(line_count), sum(gmv) FROM dws_seller_1d GROUP BY seller_id",
        "dws_seller_1d",
    )
    expected: dict[int, list[Decimal]] = defaultdict(list)
    for items in reading.items.values():
        for row in items:
            amount = Decimal(row["price"]) + Decimal(row["freight_value"])
            expected[int(row["seller_id"][:15], 16)].append(amount)
    assert {row[0]: row[1:] for row in rows} == {
        seller: (len(amounts), sum(amounts)) for seller, amounts in expected.items()
    }


def test_every_line_knows_its_buyer_and_category(
    tables: Tables, real_data: RealData, reading: Reading
) -> None:
    names = {
        row["product_category_name"]: row["product_category_name_english"]
        for row in rows_of(real_data.reference / TRANSLATIONS)
    }
    categories = {
        row["product_id"]: names.get(row["product_category_name"], row["product_category_name"])
        for row in rows_of(real_data.reference / PRODUCTS)
    }
    rows = tables.query(
        "SELECT order_no, line_no, vip_level, coalesce(category_name, '') "
        "FROM dwd_order_detail LEFT JOIN dim_category USING (category_id, dt)",
        "dwd_order_detail",
        "dim_category",
    )
    assert sorted(rows) == sorted(
        (row["order_id"], int(row["order_item_id"]), "NORMAL", categories[row["product_id"]])
        for items in reading.items.values()
        for row in items
    )


def test_differences_are_what_an_independent_comparison_finds(
    real_run: OlistRun, reading: Reading
) -> None:
    found = real_run.differences
    classes = reading.classes()
    assert {each.name: each.orders for each in found.classes if each.orders} == dict(classes)
    assert found.order_count == len(reading.orders) == sum(classes.values())
    assert len(classes) > 1 and sum(reading.time_errors().values())
    assert {
        order.order_no: (order.class_name, order.difference_amount) for order in found.orders
    } == {
        order_id: (reading.class_of(order_id), reading.paid(order_id) - reading.payable(order_id))
        for order_id in reading.orders
        if reading.class_of(order_id) != "equal"
    }
    assert found.time_errors == {**dict.fromkeys(found.time_errors, 0), **reading.time_errors()}
    assert found.orders_without_items == sum(not reading.items[each] for each in reading.orders)
    assert found.payments_without_order == 0
    assert real_run.mapping.rejected_count == 0


def test_months_add_up_to_the_csvs(real_run: OlistRun, reading: Reading) -> None:
    assert sum(month.orders for month in real_run.finance) == len(reading.orders)
    assert sum(month.paid_amount for month in real_run.finance) == sum(
        map(reading.paid, reading.orders)
    )


def test_all_of_the_reference_is_delivered(real_data: RealData, tmp_path: Path) -> None:
    report = map_olist(
        real_data.sample,
        tmp_path / "landing",
        mapping_settings(tmp_path / "home"),
        real_data.reference,
        Window.of_day(date(2018, 5, 1)),
    )
    products = rows_of(real_data.reference / PRODUCTS)
    categories = {row["product_category_name"] for row in products} - {""}
    translated = {
        row["product_category_name"] for row in rows_of(real_data.reference / TRANSLATIONS)
    }
    assert report.delivered["product_center/sku"] == len(products)
    assert report.delivered["merchant_center/seller"] == len(rows_of(real_data.reference / SELLERS))
    assert report.delivered["product_center/category"] == len(categories | translated)
    for name in sorted(categories - translated):
        assert any(name in note for note in report.notes)
    without = sum(not row["product_category_name"] for row in products)
    assert f"Products without a category: {without}." in report.notes
    items = {each.source: each for each in report.deliveries}["order_center/order_item"]
    assert items.rows + items.outside == len(rows_of(real_data.sample / ITEMS))


def test_the_same_days_through_dagster(real_export: Path, reading: Reading, tmp_path: Path) -> None:
    window = Window.of_days(date(2018, 5, 14), date(2018, 5, 16))
    instance = dg.DagsterInstance.ephemeral()
    ran = run_olist(real_export, tmp_path, window=window, instance=instance)
    days = {day: each for day, each in reading.days().items() if day in window}
    assert len(days) == 3
    assert Tables(ran).financial_days() == days
    keys = {day.isoformat() for day in window}
    assert instance.get_materialized_partitions(dg.AssetKey("ads_finance_daily")) == keys
