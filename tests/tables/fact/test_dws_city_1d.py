from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_city_1d import dws_city_1d

USERS = [
    {"user_id": 1, "city": "Shanghai"},
    {"user_id": 2, "city": "Shanghai"},
    {"user_id": 2, "city": "Beijing", "dt": DAY - timedelta(days=1)},
    {"user_id": 3, "city": "Beijing"},
]


def test_users_count_where_they_were_that_day():
    rows = run_sql(
        dws_city_1d,
        {
            "dim_user": USERS,
            "dwd_order": [
                {"order_no": "A", "user_id": 1},
                {"order_no": "B", "user_id": 1, "order_status": "cancelled"},
                {"order_no": "C", "user_id": 2},
            ],
            "dwd_order_detail": [
                {"order_line_id": "A-1", "city": "Shanghai", "quantity": 2, "original_amount": 9,
                 "discount_amount": 1, "shipping_amount": 2, "pay_amount": 10},
                {"order_line_id": "C-1", "city": "Shanghai", "quantity": 1},
            ],
            "dwd_payment": [
                {"payment_no": "1", "user_id": 1, "paid_amount": 4},
                {"payment_no": "2", "user_id": 1, "paid_amount": 6},
                {"payment_no": "3", "user_id": 3, "paid_amount": 7},
            ],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "city": "Beijing",
                "order_count": 0,
                "cancelled_order_count": 0,
                "buyer_count": 0,
                "line_count": 0,
                "sold_quantity": 0,
                "gmv": 0,
                "payment_count": 1,
                "paid_amount": 7,
                "dt": DAY,
            },
            {
                "city": "Shanghai",
                "order_count": 3,
                "cancelled_order_count": 1,
                "buyer_count": 2,
                "line_count": 2,
                "sold_quantity": 3,
                "gmv": 10,
                "payment_count": 2,
                "paid_amount": 10,
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(dws_city_1d, rows) == set()


def test_what_a_user_of_no_known_city_does_is_not_lost():
    rows = run_sql(
        dws_city_1d,
        {
            "dwd_order": [{"order_no": "A", "user_id": 9}],
            "dwd_order_detail": [{"order_line_id": "A-1", "city": None, "pay_amount": 3}],
            "dwd_payment": [{"payment_no": "1", "user_id": 9, "paid_amount": 3}],
        },
    )
    expect(rows, [{"city": "unknown", "order_count": 1, "gmv": 3, "paid_amount": 3}])


def test_currencies_and_days_are_rows_of_their_own():
    tomorrow = DAY + timedelta(days=1)
    payments = [
        {"payment_no": "1", "user_id": 1, "paid_amount": 3},
        {"payment_no": "2", "user_id": 1, "paid_amount": 4, "currency": "USD"},
        {"payment_no": "3", "user_id": 1, "paid_amount": 5, "dt": tomorrow},
    ]
    users = [*USERS, {"user_id": 1, "city": "Beijing", "dt": tomorrow}]
    inputs = {"dim_user": users, "dwd_payment": payments}
    rows = run_sql(dws_city_1d, inputs, Window.of_days(DAY, tomorrow))
    expect(
        rows,
        [
            {"dt": DAY, "city": "Shanghai", "currency": "CNY", "paid_amount": 3},
            {"dt": DAY, "city": "Shanghai", "currency": "USD", "paid_amount": 4},
            {"dt": tomorrow, "city": "Beijing", "currency": "CNY", "paid_amount": 5},
        ],
    )
