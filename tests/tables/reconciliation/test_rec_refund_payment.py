from datetime import timedelta
from decimal import Decimal

from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_refund_payment import rec_refund_payment

LONG_BEFORE = DAY - timedelta(days=60)


def payment(number, amount, method="alipay", **values):
    return {
        "payment_no": number,
        "payment_method": method,
        "paid_amount": Decimal(amount),
        "dt": LONG_BEFORE,
        **values,
    }


def refund(number, payment_no, amount, method="alipay", **values):
    return {
        "refund_no": number,
        "payment_no": payment_no,
        "payment_method": method,
        "refund_amount": Decimal(amount),
        **values,
    }


def compare(*days):
    names = ("dwd_payment", "dwd_refund")
    return run_days(rec_refund_payment, *(dict(zip(names, day, strict=True)) for day in days))


def test_refunds_of_a_day_are_at_most_what_was_paid():
    [rows] = compare(
        (
            [payment("P1", 100), payment("P2", 100), payment("P3", 100)],
            [refund("R1", "P1", 30), refund("R2", "P1", 70), refund("R3", "P2", 10)],
        )
    )
    expect(
        rows,
        [
            {"left_key": "P1|2026-01-10", "state": "matched", "left_count": 2, "left_amount": 100},
            {"left_key": "P2|2026-01-10", "state": "matched", "left_count": 1, "left_amount": 10},
        ],
    )


def test_refunds_of_several_days_are_together_at_most_what_was_paid():
    first, second, third = compare(
        ([payment("P1", 100)], [refund("R1", "P1", 30)]),
        ([], [refund("R2", "P1", 80)]),
        ([], [refund("R3", "P1", 5)]),
    )
    expect(first, [{"state": "matched", "right_amount": 100}])
    expect(
        second,
        [
            {
                "item_id": "left:R2",
                "state": "amount_mismatch",
                "right_amount": 70,
                "open_amount": 10,
                "standing": "open",
                "explanation": "paid 10.00 CNY less than refunded",
            }
        ],
    )
    expect(
        third,
        [
            {"item_id": "left:R2", "open_amount": 10, "right_amount": 70, "standing": "overdue"},
            {"item_id": "left:R3", "open_amount": 5, "right_amount": 0, "standing": "open"},
        ],
    )


def test_a_refund_of_no_payment_is_found():
    [rows] = compare(([payment("P1", 100)], [refund("R1", "P9", 30)]))
    expect(rows, [{"state": "left_only", "explanation": "refunded 30.00 CNY, not paid"}])


def test_a_payment_after_its_refund_is_none():
    [rows] = compare(([payment("P1", 100, dt=DAY + timedelta(days=1))], [refund("R1", "P1", 30)]))
    expect(rows, [{"state": "left_only"}])


def test_money_goes_back_by_the_channel_it_came():
    [rows] = compare(([payment("P1", 100)], [refund("R1", "P1", 30, "card")]))
    expect(rows, [{"state": "status_mismatch", "explanation": "refunded: card; paid: alipay"}])


def test_money_goes_back_in_its_currency():
    [rows] = compare(([payment("P1", 100)], [refund("R1", "P1", 30, currency="USD")]))
    expect(
        rows,
        [{"state": "currency_mismatch", "explanation": "refunded 30.00 USD, paid 100.00 CNY"}],
    )
