from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, blocking_rules, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_order_final_amount import ads_order_final_amount


def priced(line, coupons=()):
    detail = {"order_line_id": "A-1", "order_no": "A", "vip_level": "NORMAL", **line}
    return run_sql(
        ads_order_final_amount, {"dwd_order_detail": [detail], "dim_coupon": list(coupons)}
    )


@pytest.mark.parametrize(
    ("vip_level", "original", "adjusted"),
    [
        ("PLATINUM", "100.00", "90.00"),
        ("GOLD", "100.00", "100.00"),
        (None, "100.00", "100.00"),
        ("PLATINUM", "0.05", "0.05"),
        ("PLATINUM", "0.04", "0.04"),
        ("PLATINUM", "99.99", "89.99"),
        ("PLATINUM", "0.00", "0.00"),
    ],
)
def test_platinum_pays_ninety_percent_to_the_cent(vip_level, original, adjusted):
    rows = priced({"vip_level": vip_level, "original_amount": original})
    expect(rows, [{"vip_explained_amount": adjusted, "final_amount": adjusted}])
    assert broken_rules(ads_order_final_amount, rows) == set()


def test_no_coupon_takes_off_nothing():
    rows = priced({"original_amount": 10, "shipping_amount": 2, "coupon_id": None})
    expect(
        rows,
        [{"coupon_id": None, "total_amount": 12, "coupon_face_amount": 0, "final_amount": 12}],
    )
    assert broken_rules(ads_order_final_amount, rows) == set()


def test_a_coupon_takes_off_no_more_than_the_goods():
    coupon = {"coupon_id": 7, "face_amount": 20}
    rows = priced({"original_amount": 10, "shipping_amount": 2, "coupon_id": 7}, [coupon])
    expect(rows, [{"coupon_face_amount": 20, "final_amount": 2}])
    assert broken_rules(ads_order_final_amount, rows) == set()


def test_a_coupon_that_nobody_knows_takes_off_nothing_and_is_shown():
    rows = priced({"original_amount": 10, "coupon_id": 7})
    expect(rows, [{"coupon_id": 7, "coupon_face_amount": 0, "final_amount": 10}])
    broken = broken_rules(ads_order_final_amount, rows)
    assert broken == {"coupon_known"}
    assert not broken & blocking_rules(ads_order_final_amount)


def test_the_coupon_is_that_of_the_day_and_of_the_currency():
    coupons = [
        {"coupon_id": 7, "face_amount": 3},
        {"coupon_id": 7, "face_amount": 4, "dt": DAY - timedelta(days=1)},
        {"coupon_id": 8, "face_amount": 5, "currency": "USD"},
    ]
    expect(priced({"original_amount": 10, "coupon_id": 7}, coupons), [{"final_amount": 7}])
    expect(priced({"original_amount": 10, "coupon_id": 8}, coupons), [{"final_amount": 10}])
