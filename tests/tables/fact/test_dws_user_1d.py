from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_user_1d import dws_user_1d

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_a_split_payment_and_a_cancelled_order():
    rows = run_sql(
        dws_user_1d,
        {
            "dwd_order": [
                {"order_no": "A", "user_id": 5},
                {"order_no": "B", "user_id": 5, "order_status": "cancelled"},
            ],
            "dwd_order_detail": [
                {"order_line_id": "A-1", "user_id": 5, "quantity": 2, "original_amount": 10,
                 "discount_amount": 1, "pay_amount": 9},
                {"order_line_id": "B-1", "user_id": 5, "quantity": 1, "original_amount": 4,
                 "pay_amount": 4},
            ],
            "dwd_payment": [
                {"payment_no": "1", "user_id": 5, "paid_amount": "4.01"},
                {"payment_no": "2", "user_id": 5, "paid_amount": "4.99"},
            ],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "user_id": 5,
                "currency": "CNY",
                "order_count": 2,
                "cancelled_order_count": 1,
                "sold_quantity": 3,
                "goods_amount": 14,
                "discount_amount": 1,
                "gmv": 13,
                "payment_count": 2,
                "paid_amount": "9.00",
                "refund_amount": 0,
                "is_repeat_buyer": False,
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dws_user_1d, rows) == set()


def test_a_refund_over_two_days_counts_on_each_also_without_orders():
    refunds = [
        {"refund_no": "1", "user_id": 5, "refund_amount": 3},
        {"refund_no": "2", "user_id": 5, "refund_amount": 2, "dt": TOMORROW},
    ]
    rows = run_sql(dws_user_1d, {"dwd_refund": refunds}, Window.of_days(DAY, TOMORROW))
    expect(
        rows,
        [
            {"dt": DAY, "refund_count": 1, "refund_amount": 3, "gmv": 0},
            {"dt": TOMORROW, "refund_count": 1, "refund_amount": 2, "gmv": 0},
        ],
    )


def test_who_orders_again_within_thirty_days_repeats():
    known = {"dt": YESTERDAY, "recent_order_count": 1}
    rows = run_sql(
        dws_user_1d,
        {
            "dwd_order": [
                {"order_no": "A", "user_id": 1},
                {"order_no": "B", "user_id": 2},
                {"order_no": "C", "user_id": 3, "currency": "USD"},
            ],
            "dwd_payment": [{"payment_no": "1", "user_id": 4}],
            "dws_user_recent_orders": [
                {"user_id": 1, **known},
                {"user_id": 2, "recent_order_count": 1, "dt": DAY},
                {"user_id": 3, **known},
                {"user_id": 4, **known},
            ],
        },
    )
    expect(
        rows,
        [
            {"user_id": 1, "is_repeat_buyer": True},
            {"user_id": 2, "is_repeat_buyer": False},
            {"user_id": 3, "is_repeat_buyer": False},
            {"user_id": 4, "is_repeat_buyer": False},
        ],
    )


def test_a_free_order_is_an_order():
    rows = run_sql(dws_user_1d, {"dwd_order": [{"order_no": "A", "user_id": 1}]})
    expect(rows, [{"user_id": 1, "order_count": 1, "gmv": 0, "paid_amount": 0}])


def test_net_is_what_came_in_and_did_not_go_back():
    def event(event_type, signed_amount):
        name = f"{event_type}:1"
        return {"money_event_id": name, "event_type": event_type, "user_id": 5,
                "signed_amount": signed_amount}  # fmt: skip

    money = [event("order", 10), event("payment", 10), event("refund", -4)]
    payments = [{"payment_no": "1", "user_id": 5, "paid_amount": 10}]
    rows = run_sql(dws_user_1d, {"dwd_payment": payments, "dwd_financial": money})
    expect(rows, [{"paid_amount": 10, "net_revenue": 6}])
