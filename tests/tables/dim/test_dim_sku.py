from datetime import timedelta

from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_sku import dim_sku


def test_the_latest_price_counts_and_older_ones_are_gone():
    rows = run_sql(
        dim_sku,
        {
            "ods_sku": [
                {
                    "sku_id": 7,
                    "list_price": "10.00",
                    "updated_at": at("2026-01-01 09:00"),
                    "dt": DAY - timedelta(days=9),
                },
                {"sku_id": 7, "list_price": "12.50", "updated_at": at("2026-01-10 09:00")},
            ]
        },
    )
    expect(rows, [{"sku_id": 7, "list_price": "12.50", "dt": DAY}])


def test_a_sku_without_category_price_or_weight_is_kept():
    rows = run_sql(dim_sku, {"ods_sku": [{"sku_id": 7, "currency": None}]})
    expect(rows, [{"sku_id": 7, "category_id": None, "list_price": None, "weight_gram": None}])


def test_repeated_rows_give_one():
    repeated = {"sku_id": 7, "sku_name": "kettle"}
    rows = run_sql(dim_sku, {"ods_sku": [repeated, repeated]})
    expect(rows, [{"sku_id": 7, "sku_name": "kettle"}])
