from datetime import timedelta

from resources.lake.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_financial_1d import dws_financial_1d


def test_a_day_in_one_currency():
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_order": [
                {"order_no": "A", "user_id": 1, "goods_amount": "100.00", "discount_amount": "5.00",
                 "shipping_amount": "6.00", "payable_amount": "101.00"},
                {"order_no": "B", "user_id": 1, "goods_amount": "0.10", "payable_amount": "0.10"},
                {"order_no": "C", "user_id": 2, "order_status": "cancelled",
                 "goods_amount": "20.00", "payable_amount": "20.00"},
            ],
            "dwd_order_detail": [
                {"order_line_id": "A-1", "quantity": 2},
                {"order_line_id": "A-2", "quantity": 1},
                {"order_line_id": "B-1", "quantity": 1},
            ],
            "dwd_payment": [
                {"payment_no": "1", "paid_amount": "100.99"},
                {"payment_no": "2", "paid_amount": "0.11"},
            ],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "currency": "CNY",
                "order_count": 3,
                "cancelled_order_count": 1,
                "buyer_count": 2,
                "line_count": 3,
                "sold_quantity": 4,
                "goods_amount": "120.10",
                "discount_amount": "5.00",
                "shipping_amount": "6.00",
                "gmv_amount": "121.10",
                "payment_count": 2,
                "paid_amount": "101.10",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dws_financial_1d, rows) == set()


def test_days_with_only_orders_or_only_payments_are_both_there():
    tomorrow = DAY + timedelta(days=1)
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_order": [{"order_no": "A", "payable_amount": 10, "goods_amount": 10}],
            "dwd_payment": [{"payment_no": "1", "paid_amount": 10, "dt": tomorrow}],
        },
        Window.of_days(DAY, tomorrow),
    )
    expect(
        rows,
        [
            {"dt": DAY, "order_count": 1, "gmv_amount": 10, "payment_count": 0, "paid_amount": 0},
            {
                "dt": tomorrow,
                "order_count": 0,
                "gmv_amount": 0,
                "payment_count": 1,
                "paid_amount": 10,
            },
        ],
    )


def test_currencies_are_never_added():
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_order": [
                {"order_no": "A", "payable_amount": 10},
                {"order_no": "B", "payable_amount": 7, "currency": "USD"},
            ],
            "dwd_payment": [{"payment_no": "1", "paid_amount": 7, "currency": "USD"}],
        },
    )
    expect(
        rows,
        [
            {"currency": "CNY", "gmv_amount": 10, "paid_amount": 0},
            {"currency": "USD", "gmv_amount": 7, "paid_amount": 7},
        ],
    )


def test_lines_in_a_currency_without_orders_are_not_lost():
    lines = [{"order_line_id": "A-1", "quantity": 3, "currency": "USD"}]
    rows = run_sql(dws_financial_1d, {"dwd_order_detail": lines})
    expect(rows, [{"currency": "USD", "line_count": 1, "sold_quantity": 3, "order_count": 0}])


def test_a_day_without_trade_has_no_row():
    assert run_sql(dws_financial_1d, {}) == []
