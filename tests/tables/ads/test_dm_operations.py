from datetime import timedelta

from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.dm_operations import dm_operations


def test_demand_shipping_and_stock_of_a_sku_in_one_row():
    rows = run_sql(
        dm_operations,
        {
            "dws_sku_1d": [
                {"sku_id": 1, "line_order_count": 2, "line_count": 2, "sold_quantity": 3},
                {"sku_id": 1, "line_order_count": 1, "line_count": 1, "sold_quantity": 4,
                 "line_cancelled_order_count": 1, "currency": "USD"},
            ],
            "dwd_shipment": [
                {"shipment_no": "1", "sku_id": 1, "shipped_quantity": 2},
                {"shipment_no": "2", "sku_id": 1, "shipped_quantity": 1},
            ],
            "dwd_inventory": [
                {"sku_id": 1, "warehouse_code": "A", "closing_quantity": 10},
                {"sku_id": 1, "warehouse_code": "B", "closing_quantity": 5},
                {"sku_id": 1, "closing_quantity": 99, "dt": DAY - timedelta(days=1)},
            ],
            "dim_sku": [{"sku_id": 1, "sku_name": "Cup", "category_id": 9}],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "sku_id": 1,
                "sku_name": "Cup",
                "category_id": 9,
                "line_order_count": 3,
                "line_cancelled_order_count": 1,
                "line_count": 3,
                "sold_quantity": 7,
                "shipped_quantity": 3,
                "stock_quantity": 15,
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dm_operations, rows) == set()


def test_a_sku_that_only_lies_there_has_a_row_and_so_has_an_unknown_one():
    rows = run_sql(
        dm_operations,
        {
            "dwd_inventory": [{"sku_id": 1, "closing_quantity": 5}],
            "dwd_shipment": [{"shipment_no": "1", "sku_id": 2, "shipped_quantity": 1}],
        },
    )
    expect(
        rows,
        [
            {"sku_id": 1, "stock_quantity": 5, "shipped_quantity": 0, "sku_name": None},
            {"sku_id": 2, "stock_quantity": 0, "shipped_quantity": 1, "sku_name": None},
        ],
    )
