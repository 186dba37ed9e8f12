from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_financial_1d import dws_financial_1d


def test_a_day_in_one_currency():
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_order": [
                {"order_no": "A", "user_id": 1},
                {"order_no": "B", "user_id": 1},
                {"order_no": "C", "user_id": 2, "order_status": "cancelled"},
            ],
            "dwd_order_detail": [
                {"order_line_id": "A-1", "quantity": 2, "original_amount": "100.00",
                 "discount_amount": "5.00", "shipping_amount": "6.00", "pay_amount": "101.00"},
                {"order_line_id": "B-1", "quantity": 1, "original_amount": "0.10",
                 "pay_amount": "0.10"},
                {"order_line_id": "C-1", "quantity": 1, "original_amount": "20.00",
                 "pay_amount": "20.00"},
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
                "gmv": "121.10",
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
            "dwd_order": [{"order_no": "A"}],
            "dwd_order_detail": [{"order_line_id": "A-1", "pay_amount": 10}],
            "dwd_payment": [{"payment_no": "1", "paid_amount": 10, "dt": tomorrow}],
        },
        Window.of_days(DAY, tomorrow),
    )
    expect(
        rows,
        [
            {"dt": DAY, "order_count": 1, "gmv": 10, "payment_count": 0, "paid_amount": 0},
            {
                "dt": tomorrow,
                "order_count": 0,
                "gmv": 0,
                "payment_count": 1,
                "paid_amount": 10,
            },
        ],
    )


def test_a_refund_over_two_days_counts_on_each():
    tomorrow = DAY + timedelta(days=1)
    refunds = [
        {"refund_no": "1", "refund_amount": 3},
        {"refund_no": "2", "refund_amount": 2, "dt": tomorrow},
    ]
    rows = run_sql(dws_financial_1d, {"dwd_refund": refunds}, Window.of_days(DAY, tomorrow))
    expect(
        rows,
        [
            {"dt": DAY, "refund_count": 1, "refund_amount": 3, "paid_amount": 0},
            {"dt": tomorrow, "refund_count": 1, "refund_amount": 2, "paid_amount": 0},
        ],
    )


def test_a_coupon_that_was_given_back_costs_nothing():
    uses = [
        {"coupon_use_no": "1", "use_status": "used", "coupon_amount": 5},
        {"coupon_use_no": "2", "use_status": "returned", "coupon_amount": 3},
    ]
    rows = run_sql(dws_financial_1d, {"dwd_coupon_use": uses})
    expect(rows, [{"coupon_cost": 5, "order_count": 0}])


def test_settlements_fees_and_invoices_of_the_day():
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_settlement_item": [
                {"order_line_id": "A-1", "gross_amount": 20, "commission_amount": 2,
                 "subsidy_amount": 1, "refund_amount": 5, "seller_payable_amount": 14},
                {"order_line_id": "A-2", "gross_amount": 10, "commission_amount": 1,
                 "seller_payable_amount": 9},
            ],
            "dwd_channel_bill": [
                {"bill_line_id": "1", "bill_type": "pay", "is_counted": True,
                 "fee_amount": "0.60"},
                {"bill_line_id": "2", "bill_type": "refund", "is_counted": True,
                 "fee_amount": "0.20"},
            ],
            "dwd_invoice": [
                {"invoice_no": "1", "signed_invoice_amount": 30},
                {"invoice_no": "2", "signed_invoice_amount": -5},
            ],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "settled_line_count": 2,
                "settled_amount": 30,
                "commission": 3,
                "platform_subsidy": 1,
                "seller_payable": 23,
                "channel_fee": "0.40",
                "invoice_amount": 25,
            }
        ],
    )


def test_buyers_who_come_back_are_counted_once():
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_order": [{"order_no": "A", "user_id": 1}, {"order_no": "B", "user_id": 2}],
            "dws_user_1d": [
                {"user_id": 1, "is_repeat_buyer": True},
                {"user_id": 2, "is_repeat_buyer": False},
            ],
        },
    )
    expect(rows, [{"buyer_count": 2, "repeat_buyer_count": 1}])


def test_currencies_are_never_added():
    rows = run_sql(
        dws_financial_1d,
        {
            "dwd_order_detail": [
                {"order_line_id": "A-1", "pay_amount": 10},
                {"order_line_id": "B-1", "pay_amount": 7, "currency": "USD"},
            ],
            "dwd_payment": [{"payment_no": "1", "paid_amount": 7, "currency": "USD"}],
        },
    )
    expect(
        rows,
        [
            {"currency": "CNY", "gmv": 10, "paid_amount": 0},
            {"currency": "USD", "gmv": 7, "paid_amount": 7},
        ],
    )


def test_lines_in_a_currency_without_orders_are_not_lost():
    lines = [{"order_line_id": "A-1", "quantity": 3, "currency": "USD"}]
    rows = run_sql(dws_financial_1d, {"dwd_order_detail": lines})
    expect(rows, [{"currency": "USD", "line_count": 1, "sold_quantity": 3, "order_count": 0}])


def test_a_day_without_trade_has_no_row():
    assert run_sql(dws_financial_1d, {}) == []
