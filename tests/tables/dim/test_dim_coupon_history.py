from datetime import timedelta

from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_coupon_history import dim_coupon_history


def coupon(days: int, **values):
    changed = DAY + timedelta(days=days)
    return {
        "coupon_id": 3,
        "valid_from_date": DAY,
        "valid_to_date": DAY,
        "updated_at": at(f"{changed} 12:00"),
        "dt": changed,
        **values,
    }


def test_other_terms_begin_a_row_and_a_new_name_does_not():
    rows = run_sql(
        dim_coupon_history,
        {
            "ods_coupon": [
                coupon(0, platform_share_rate="0.5", coupon_name="spring"),
                coupon(1, platform_share_rate="0.5", coupon_name="May"),
                coupon(2, platform_share_rate="1", coupon_name="May"),
                coupon(3, platform_share_rate="1", face_amount=5, coupon_name="May"),
            ]
        },
    )
    expect(
        rows,
        [
            {"platform_share_rate": "0.5", "face_amount": 0, "valid_from": DAY},
            {"platform_share_rate": 1, "face_amount": 0, "valid_from": DAY + timedelta(2)},
            {"platform_share_rate": 1, "face_amount": 5, "valid_from": DAY + timedelta(3)},
        ],
    )
    assert [row["is_current"] for row in rows] == [False, False, True]
    assert {row["coupon_name"] for row in rows} == {"May"}
