from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_sku_1d import dws_sku_1d


def line(order_no, line_no=1, sku_id=1, **values):
    name = f"{order_no}-{line_no}"
    return {"order_line_id": name, "order_no": order_no, "sku_id": sku_id, **values}


def test_an_order_with_the_sku_on_two_lines_is_one_order():
    rows = run_sql(
        dws_sku_1d,
        {
            "dwd_order_detail": [
                line("A", 1, user_id=5, quantity=2, original_amount=20, pay_amount=20),
                line("A", 2, user_id=5, quantity=1, original_amount=10, discount_amount=10),
                line("A", 3, sku_id=2, user_id=5, quantity=1),
                line("B", 1, user_id=6, quantity=3, order_status="cancelled"),
            ]
        },
    )
    expect(
        rows,
        [
            {
                "sku_id": 1,
                "line_order_count": 2,
                "line_cancelled_order_count": 1,
                "line_buyer_count": 2,
                "line_count": 3,
                "sold_quantity": 6,
                "goods_amount": 30,
                "discount_amount": 10,
                "gmv": 20,
                "dt": DAY,
            },
            {
                "sku_id": 2,
                "line_order_count": 1,
                "line_cancelled_order_count": 0,
                "line_buyer_count": 1,
                "line_count": 1,
                "sold_quantity": 1,
                "goods_amount": 0,
                "discount_amount": 0,
                "gmv": 0,
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(dws_sku_1d, rows) == set()


def test_currencies_are_rows_of_their_own():
    lines = [line("A", pay_amount=1), line("B", pay_amount=2, currency="USD")]
    rows = run_sql(dws_sku_1d, {"dwd_order_detail": lines})
    expect(rows, [{"currency": "CNY", "gmv": 1}, {"currency": "USD", "gmv": 2}])


def test_amounts_that_the_source_got_wrong_are_shown():
    rows = run_sql(dws_sku_1d, {"dwd_order_detail": [line("A", original_amount=5, pay_amount=4)]})
    assert broken_rules(dws_sku_1d, rows) == {"gmv_adds_up"}
