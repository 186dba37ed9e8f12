from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.dm_merchant import dm_merchant


def test_a_merchants_day_with_its_rates():
    rows = run_sql(
        dm_merchant,
        {
            "dws_seller_1d": [
                {"seller_id": 1, "line_order_count": 2, "goods_amount": 30, "discount_amount": 10,
                 "gmv": 20, "settled_line_count": 1, "settled_amount": 8, "commission": 1,
                 "seller_payable": 7}
            ],
            "dim_seller": [{"seller_id": 1, "seller_name": "Cups", "city": "Beijing"}],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "seller_id": 1,
                "seller_name": "Cups",
                "city": "Beijing",
                "line_order_count": 2,
                "discount_rate": "0.333333",
                "gmv": 20,
                "take_rate": "0.125",
                "seller_payable": 7,
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dm_merchant, rows) == set()


def test_a_seller_nobody_knows_who_sold_for_nothing():
    rows = run_sql(dm_merchant, {"dws_seller_1d": [{"seller_id": 9, "line_order_count": 1}]})
    expect(
        rows,
        [{"seller_id": 9, "seller_name": None, "discount_rate": None, "take_rate": None, "gmv": 0}],
    )
    assert broken_rules(dm_merchant, rows) == set()
