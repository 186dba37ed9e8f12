from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_seller_1d import dws_seller_1d


def line(order_no, line_no=1, seller_id=1, **values):
    name = f"{order_no}-{line_no}"
    return {"order_line_id": name, "order_no": order_no, "seller_id": seller_id, **values}


def test_an_order_of_two_sellers_counts_for_each():
    rows = run_sql(
        dws_seller_1d,
        {
            "dwd_order_detail": [
                line("A", 1, user_id=5, quantity=2, original_amount=20, pay_amount=20),
                line("A", 2, user_id=5, quantity=1, original_amount=5, discount_amount=1,
                     shipping_amount=3, pay_amount=7),
                line("A", 3, seller_id=2, user_id=5, quantity=1),
                line("B", 1, user_id=6, quantity=3, order_status="cancelled"),
                line("B", 2, user_id=6, quantity=1, order_status="cancelled"),
            ]
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "seller_id": 1,
                "line_order_count": 2,
                "line_cancelled_order_count": 1,
                "line_buyer_count": 2,
                "line_count": 4,
                "sold_quantity": 7,
                "goods_amount": 25,
                "discount_amount": 1,
                "shipping_amount": 3,
                "gmv": 27,
                "dt": DAY,
            },
            {
                "seller_id": 2,
                "line_order_count": 1,
                "line_cancelled_order_count": 0,
                "line_buyer_count": 1,
                "line_count": 1,
                "sold_quantity": 1,
                "goods_amount": 0,
                "discount_amount": 0,
                "shipping_amount": 0,
                "gmv": 0,
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(dws_seller_1d, rows) == set()


def test_what_is_settled_stands_beside_what_is_ordered():
    items = [
        {"order_line_id": "X-1", "seller_id": 1, "gross_amount": 20, "commission_amount": 2,
         "subsidy_amount": 1, "seller_payable_amount": 19},
        {"order_line_id": "X-1", "seller_id": 2, "gross_amount": 5, "refund_amount": 5},
    ]  # fmt: skip
    inputs = {
        "dwd_order_detail": [line("A", original_amount=7, pay_amount=7)],
        "dwd_settlement_item": items,
    }
    rows = run_sql(dws_seller_1d, inputs)
    expect(
        rows,
        [
            {"seller_id": 1, "gmv": 7, "settled_line_count": 1, "settled_amount": 20,
             "commission": 2, "platform_subsidy": 1, "seller_payable": 19},
            {"seller_id": 2, "gmv": 0, "settled_line_count": 1, "settled_amount": 5,
             "commission": 0, "platform_subsidy": 0, "seller_payable": 0},
        ],
    )  # fmt: skip
    assert broken_rules(dws_seller_1d, rows) == set()


def test_currencies_are_rows_of_their_own():
    lines = [line("A", pay_amount=1), line("B", pay_amount=2, currency="USD")]
    rows = run_sql(dws_seller_1d, {"dwd_order_detail": lines})
    expect(rows, [{"currency": "CNY", "gmv": 1}, {"currency": "USD", "gmv": 2}])


def test_no_lines():
    assert run_sql(dws_seller_1d, {}) == []
