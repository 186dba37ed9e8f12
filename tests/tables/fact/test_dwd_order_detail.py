from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_order_detail import dwd_order_detail

TOMORROW = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=2)
ORDER = {"order_no": "A", "user_id": 5, "order_status": "paid"}
LINE = {
    "order_no": "A",
    "line_no": 1,
    "ordered_at": at("2026-01-10 12:00"),
    "sku_id": 7,
    "seller_id": 3,
    "quantity": 1,
}


def test_a_line_has_its_order_its_buyer_and_its_sku_as_of_the_day():
    rows = run_sql(
        dwd_order_detail,
        {
            "dwd_order": [ORDER],
            "ods_order_item": [LINE],
            "dim_user": [
                {"user_id": 5, "vip_level": "PLATINUM", "city": "Ningbo"},
                {"user_id": 5, "vip_level": "GOLD", "dt": DAY - timedelta(days=1)},
            ],
            "dim_sku": [{"sku_id": 7, "category_id": 70}],
        },
    )
    expect(
        rows,
        [
            {
                "order_line_id": "A-1",
                "user_id": 5,
                "vip_level": "PLATINUM",
                "city": "Ningbo",
                "category_id": 70,
                "order_status": "paid",
                "dt": DAY,
            }
        ],
    )


def test_original_plus_shipping_is_the_total_of_the_day():
    """The first of the design's worked cases, to the cent."""
    rows = run_sql(
        dwd_order_detail,
        {
            "dwd_order": [ORDER],
            "ods_order_item": [
                {**LINE, "quantity": 3, "unit_price": "19.99", "shipping_amount": "6.00",
                 "discount_amount": "9.98", "pay_amount": "55.99"},
                {**LINE, "line_no": 2, "quantity": 1, "unit_price": "0.01", "pay_amount": "0.01"},
            ],
        },
    )  # fmt: skip
    expect(rows, [{"original_amount": "59.97"}, {"original_amount": "0.01"}])
    assert str(sum(r["original_amount"] + r["shipping_amount"] for r in rows)) == "65.98"
    assert broken_rules(dwd_order_detail, rows) == {"buyer_known"}


def test_a_line_of_an_unknown_buyer_and_sku_is_kept():
    rows = run_sql(dwd_order_detail, {"dwd_order": [ORDER], "ods_order_item": [LINE]})
    expect(rows, [{"order_line_id": "A-1", "vip_level": None, "category_id": None}])


def test_repeated_lines_count_once_and_the_latest_version_counts():
    rows = run_sql(
        dwd_order_detail,
        {
            "dwd_order": [ORDER],
            "ods_order_item": [
                LINE,
                LINE,
                {**LINE, "quantity": 2, "updated_at": at("2026-01-11 09:00"), "dt": TOMORROW},
                {**LINE, "quantity": 3, "updated_at": at("2026-01-10 13:00"), "dt": LATER},
            ],
        },
    )
    expect(rows, [{"order_line_id": "A-1", "quantity": 2}])


def test_a_line_delivered_late_belongs_to_the_day_of_its_order():
    late = {**LINE, "dt": DAY + timedelta(days=3)}
    rows = run_sql(dwd_order_detail, {"dwd_order": [ORDER], "ods_order_item": [late]})
    expect(rows, [{"order_line_id": "A-1", "dt": DAY}])


@pytest.mark.parametrize("days", [-1, 4])
def test_a_line_outside_the_three_days_is_not_seen_in_a_range_run_either(days):
    early_or_late = {**LINE, "dt": DAY + timedelta(days=days)}
    rows = run_sql(
        dwd_order_detail,
        {"dwd_order": [{**ORDER, "dt": DAY}], "ods_order_item": [early_or_late]},
        Window.of_days(DAY - timedelta(days=5), DAY + timedelta(days=5)),
    )
    assert rows == []


def test_lines_of_orders_of_other_days_are_not_here():
    rows = run_sql(
        dwd_order_detail,
        {"dwd_order": [{**ORDER, "dt": TOMORROW}], "ods_order_item": [LINE]},
    )
    assert rows == []


def test_no_orders():
    assert run_sql(dwd_order_detail, {}) == []


def test_a_line_can_be_counted_by_the_days_its_order_was_paid_and_shipped():
    paid = {**ORDER, "paid_at": at("2026-01-11 00:00"), "shipped_at": at("2026-01-11 23:59")}
    lines = [LINE, {**LINE, "order_no": "B"}]
    orders = [paid, {"order_no": "B", "user_id": 5, "order_status": "cancelled"}]
    rows = run_sql(dwd_order_detail, {"dwd_order": orders, "ods_order_item": lines})
    expect(
        rows,
        [
            {"order_no": "A", "paid_date": TOMORROW, "shipped_date": TOMORROW, "dt": DAY},
            {"order_no": "B", "paid_date": None, "shipped_date": None, "dt": DAY},
        ],
    )


def test_a_line_without_coupon_and_a_free_line_are_lines_like_others():
    coupon = {"coupon_id": 3, "coupon_amount": 5, "discount_amount": 5, "unit_price": 5}
    lines = [{**LINE, **coupon}, {**LINE, "line_no": 2, "coupon_id": None, "unit_price": 4,
                                  "pay_amount": 4}]  # fmt: skip
    users = [{"user_id": 5, "vip_level": "GOLD"}]
    inputs = {"dwd_order": [ORDER], "ods_order_item": lines, "dim_user": users}
    rows = run_sql(dwd_order_detail, inputs)
    expect(
        rows,
        [
            {"line_no": 1, "coupon_id": 3, "coupon_amount": 5, "pay_amount": 0},
            {"line_no": 2, "coupon_id": None, "coupon_amount": 0, "pay_amount": 4},
        ],
    )
    assert broken_rules(dwd_order_detail, rows) == set()


def test_lines_of_a_cancelled_order_stay_and_say_so():
    cancelled = {**ORDER, "order_status": "cancelled"}
    rows = run_sql(dwd_order_detail, {"dwd_order": [cancelled], "ods_order_item": [LINE]})
    expect(rows, [{"order_line_id": "A-1", "order_status": "cancelled"}])
