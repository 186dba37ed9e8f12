from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_channel_1d import dws_channel_1d

TOMORROW = DAY + timedelta(days=1)


def bill(number, bill_type, gross, fee, **values):
    return {"bill_line_id": str(number), "channel": "card", "bill_type": bill_type,
            "is_counted": True, "gross_amount": gross, "fee_amount": fee, **values}  # fmt: skip


def test_payments_refunds_and_what_the_bill_says_of_them():
    rows = run_sql(
        dws_channel_1d,
        {
            "dwd_payment": [
                {"payment_no": "1", "payment_method": "card", "paid_amount": 100},
                {"payment_no": "2", "payment_method": "card", "paid_amount": "0.01"},
                {"payment_no": "3", "payment_method": "wallet", "paid_amount": 5},
            ],
            "dwd_refund": [{"refund_no": "1", "payment_method": "card", "refund_amount": 40}],
            "dwd_channel_bill": [
                bill(1, "pay", 100, "1.20"),
                bill(2, "pay", "0.01", 0),
                bill(3, "refund", 40, "0.48"),
            ],
        },
    )
    expect(
        rows,
        [
            {
                "payment_method": "card",
                "currency": "CNY",
                "payment_count": 2,
                "paid_amount": "100.01",
                "refund_count": 1,
                "refund_amount": 40,
                "billed_amount": "100.01",
                "billed_refund_amount": 40,
                "channel_fee": "0.72",
                "dt": DAY,
            },
            {
                "payment_method": "wallet",
                "currency": "CNY",
                "payment_count": 1,
                "paid_amount": 5,
                "refund_count": 0,
                "refund_amount": 0,
                "billed_amount": 0,
                "billed_refund_amount": 0,
                "channel_fee": 0,
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(dws_channel_1d, rows) == set()


def test_a_line_that_does_not_count_is_in_no_figure():
    bills = [bill(1, "pay", 10, 1), bill(2, "pay", 10, 1, is_counted=False)]
    rows = run_sql(dws_channel_1d, {"dwd_channel_bill": bills})
    expect(rows, [{"payment_method": "card", "billed_amount": 10, "channel_fee": 1}])


def test_a_bill_line_of_the_next_day_is_a_row_of_its_own():
    payments = [{"payment_no": "1", "payment_method": "card", "paid_amount": 10}]
    bills = [bill(1, "pay", 10, 1, dt=TOMORROW)]
    inputs = {"dwd_payment": payments, "dwd_channel_bill": bills}
    rows = run_sql(dws_channel_1d, inputs, Window.of_days(DAY, TOMORROW))
    expect(
        rows,
        [
            {"dt": DAY, "paid_amount": 10, "billed_amount": 0, "channel_fee": 0},
            {"dt": TOMORROW, "paid_amount": 0, "billed_amount": 10, "channel_fee": 1},
        ],
    )


def test_currencies_are_rows_of_their_own():
    payments = [
        {"payment_no": "1", "payment_method": "card", "paid_amount": 3},
        {"payment_no": "2", "payment_method": "card", "paid_amount": 4, "currency": "USD"},
    ]
    rows = run_sql(dws_channel_1d, {"dwd_payment": payments})
    expect(rows, [{"currency": "CNY", "paid_amount": 3}, {"currency": "USD", "paid_amount": 4}])
