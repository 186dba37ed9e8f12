from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.dim.dim_coupon import dim_coupon


def coupon(**values):
    return {"coupon_id": 1, "funded_by": "shared", **values}


def test_the_latest_terms_count():
    rows = run_sql(
        dim_coupon,
        {
            "ods_coupon": [
                coupon(face_amount=5, updated_at=at("2026-01-01 09:00"), dt=DAY - timedelta(9)),
                coupon(face_amount=8, updated_at=at("2026-01-10 09:00")),
                coupon(face_amount=8, updated_at=at("2026-01-10 09:00")),
            ]
        },
    )
    expect(rows, [{"coupon_id": 1, "face_amount": 8, "dt": DAY}])
    assert broken_rules(dim_coupon, rows) == set()


def test_each_day_has_the_share_of_that_day():
    tomorrow = DAY + timedelta(days=1)
    rows = run_sql(
        dim_coupon,
        {
            "ods_coupon": [
                coupon(platform_share_rate="0.5"),
                coupon(platform_share_rate="0.7", updated_at=at("2026-01-11 09:00"), dt=tomorrow),
            ]
        },
        Window.of_days(DAY, tomorrow),
    )
    expect(
        rows,
        [
            {"platform_share_rate": "0.5", "dt": DAY},
            {"platform_share_rate": "0.7", "dt": tomorrow},
        ],
    )


@pytest.mark.parametrize(
    ("first", "last", "is_valid"), [(0, 0, True), (-9, 9, True), (1, 9, False), (-9, -1, False)]
)
def test_first_and_last_day_are_valid(first, last, is_valid):
    valid = {
        "valid_from_date": DAY + timedelta(days=first),
        "valid_to_date": DAY + timedelta(days=last),
    }
    rows = run_sql(dim_coupon, {"ods_coupon": [coupon(**valid)]})
    expect(rows, [{"coupon_id": 1, "is_valid": is_valid}])
