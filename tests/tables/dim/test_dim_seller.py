from datetime import timedelta

from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_seller import dim_seller


def test_each_seller_once_as_last_known():
    rows = run_sql(
        dim_seller,
        {
            "ods_seller": [
                {
                    "seller_id": 1,
                    "seller_name": "Old name",
                    "updated_at": at("2026-01-02 08:00"),
                    "dt": DAY - timedelta(days=8),
                },
                {"seller_id": 1, "seller_name": "New name", "updated_at": at("2026-01-10 08:00")},
                {"seller_id": 2, "seller_name": "Other", "joined_at": None},
            ]
        },
    )
    expect(
        rows,
        [
            {"seller_id": 1, "seller_name": "New name", "dt": DAY},
            {"seller_id": 2, "seller_name": "Other", "dt": DAY},
        ],
    )


def test_a_change_delivered_the_next_day_is_not_known_yet():
    rows = run_sql(
        dim_seller,
        {
            "ods_seller": [
                {"seller_id": 1, "city": "Xi'an"},
                {"seller_id": 1, "city": "Chengdu", "dt": DAY + timedelta(days=1)},
            ]
        },
    )
    expect(rows, [{"seller_id": 1, "city": "Xi'an"}])
