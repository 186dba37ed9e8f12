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
                "order_count": 2,
                "cancelled_order_count": 1,
                "buyer_count": 2,
                "line_count": 4,
                "sold_quantity": 7,
                "original_amount": 25,
                "discount_amount": 1,
                "shipping_amount": 3,
                "pay_amount": 27,
                "dt": DAY,
            },
            {
                "seller_id": 2,
                "order_count": 1,
                "cancelled_order_count": 0,
                "buyer_count": 1,
                "line_count": 1,
                "sold_quantity": 1,
                "original_amount": 0,
                "discount_amount": 0,
                "shipping_amount": 0,
                "pay_amount": 0,
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(dws_seller_1d, rows) == set()


def test_currencies_are_rows_of_their_own():
    lines = [line("A", pay_amount=1), line("B", pay_amount=2, currency="USD")]
    rows = run_sql(dws_seller_1d, {"dwd_order_detail": lines})
    expect(rows, [{"currency": "CNY", "pay_amount": 1}, {"currency": "USD", "pay_amount": 2}])


def test_no_lines():
    assert run_sql(dws_seller_1d, {}) == []
