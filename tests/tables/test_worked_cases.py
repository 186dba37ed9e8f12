"""The three worked cases of the design, on literal rows, by the tables that give them."""

from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, SHANGHAI, at, expect, run_sql
from warehouse_assets.ads.ads_order_final_amount import ads_order_final_amount
from warehouse_assets.fact.dwd_order_detail import dwd_order_detail
from warehouse_assets.fact.dws_user_recent_orders import dws_user_recent_orders

YESTERDAY = DAY - timedelta(days=1)
NOON = at("2026-01-10 12:00")

ORDERS = [
    {"order_no": "A", "user_id": 1, "ordered_at": NOON},
    {"order_no": "B", "user_id": 2, "ordered_at": NOON},
    {"order_no": "C", "user_id": 1, "ordered_at": NOON, "dt": YESTERDAY},
]
LINES = [
    {"order_no": "A", "line_no": 1, "unit_price": "50.00", "quantity": 2, "coupon_id": 7,
     "shipping_amount": "10.00", "ordered_at": NOON, "updated_at": NOON},
    {"order_no": "A", "line_no": 2, "unit_price": "19.99", "quantity": 1, "coupon_id": None,
     "shipping_amount": "0.00", "ordered_at": NOON, "updated_at": NOON},
    {"order_no": "B", "line_no": 1, "unit_price": "200.00", "quantity": 1, "coupon_id": None,
     "shipping_amount": "5.50", "ordered_at": NOON, "updated_at": NOON},
    {"order_no": "C", "line_no": 1, "unit_price": "999.00", "quantity": 1, "coupon_id": 7,
     "ordered_at": at("2026-01-09 12:00"), "updated_at": NOON, "dt": YESTERDAY},
]  # fmt: skip
USERS = [
    {"user_id": 1, "vip_level": "PLATINUM"},
    {"user_id": 2, "vip_level": "GOLD"},
    {"user_id": 2, "vip_level": "PLATINUM", "dt": YESTERDAY},
]
COUPONS = [
    {"coupon_id": 7, "face_amount": "15.00"},
    {"coupon_id": 7, "face_amount": "40.00", "dt": YESTERDAY},
]


@pytest.fixture(scope="module")
def lines_of_the_day():
    """dwd_order_detail, from lines as delivered and the day's users; then the amounts of each."""
    details = run_sql(
        dwd_order_detail, {"dwd_order": ORDERS, "ods_order_item": LINES, "dim_user": USERS}
    )
    inputs = {"dwd_order_detail": details, "dim_coupon": COUPONS}
    return run_sql(ads_order_final_amount, inputs)


def test_total_is_original_and_shipping_of_the_days_lines(lines_of_the_day):
    expect(
        lines_of_the_day,
        [
            {"order_line_id": "A-1", "original_amount": "100.00", "shipping_amount": "10.00",
             "total_amount": "110.00"},
            {"order_line_id": "A-2", "original_amount": "19.99", "shipping_amount": "0.00",
             "total_amount": "19.99"},
            {"order_line_id": "B-1", "original_amount": "200.00", "shipping_amount": "5.50",
             "total_amount": "205.50"},
        ],
    )  # fmt: skip


def test_platinum_pays_ninety_percent_and_the_coupon_comes_off(lines_of_the_day):
    """Membership and coupon are those of the day: the day before, both were others."""
    expect(
        lines_of_the_day,
        [
            {"order_line_id": "A-1", "vip_level": "PLATINUM", "vip_explained_amount": "90.00",
             "coupon_face_amount": "15.00", "final_amount": "85.00"},
            {"order_line_id": "A-2", "vip_level": "PLATINUM", "vip_explained_amount": "17.99",
             "coupon_face_amount": "0.00", "final_amount": "17.99"},
            {"order_line_id": "B-1", "vip_level": "GOLD", "vip_explained_amount": "200.00",
             "coupon_face_amount": "0.00", "final_amount": "205.50"},
        ],
    )  # fmt: skip


def test_the_moving_mean_of_the_last_three_orders_in_thirty_days():
    def order(number, amount, days_ago, user_id=1):
        day = DAY - timedelta(days=days_ago)
        return {"order_no": str(number), "user_id": user_id, "payable_amount": amount, "dt": day,
                "ordered_at": at(f"{day} 12:00")}  # fmt: skip

    orders = [
        order(1, "1000.00", 29),
        order(2, "10.00", 20),
        order(3, "20.00", 10),
        order(4, "40.00", 0),
        order(5, "7.00", 29, user_id=2),
        order(6, "8.01", 1, user_id=2),
        order(7, "500.00", 30, user_id=3),
    ]
    rows = run_sql(dws_user_recent_orders, {"dwd_order": orders}, time_zone=SHANGHAI)
    expect(
        rows,
        [
            {"user_id": 1, "recent_order_count": 3, "recent_mean_amount": "23.33", "dt": DAY},
            {"user_id": 2, "recent_order_count": 2, "recent_mean_amount": "7.51", "dt": DAY},
        ],
    )
