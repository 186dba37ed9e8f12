from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_payment_bill import rec_payment_bill


def payment(number, amount, **values):
    return {
        "payment_no": f"P{number}",
        "payment_method": "alipay",
        "merchant_no": "M1",
        "outward_no": f"C{number}",
        "paid_amount": amount,
        **values,
    }


def line(number, amount, **values):
    return {
        "bill_line_id": f"bill.csv:{number}",
        "channel": "alipay",
        "merchant_no": "M1",
        "outward_no": f"C{number}",
        "bill_type": "pay",
        "is_successful": True,
        "gross_amount": amount,
        **values,
    }


def compare(*days):
    names = ("dwd_payment", "dwd_channel_bill")
    return run_days(rec_payment_bill, *(dict(zip(names, day, strict=True)) for day in days))


def test_a_payment_is_billed_to_the_cent():
    [rows] = compare(([payment(1, 10), payment(2, 10)], [line(1, 10), line(2, "10.02")]))
    expect(
        rows,
        [
            {
                "left_id": "P1",
                "right_id": "bill.csv:1",
                "state": "matched",
                "open_amount": 0,
                "left_key": "alipay|M1|C1",
                "explanation": "",
            },
            {
                "left_id": "P2",
                "right_id": "bill.csv:2",
                "state": "amount_mismatch",
                "open_amount": "-0.02",
                "left_key": "alipay|M1|C2",
                "explanation": "billed 0.02 CNY more than paid",
            },
        ],
    )


def test_wallets_and_refunds_are_not_compared():
    wallet = payment(1, 10, payment_method="wallet")
    [rows] = compare(([wallet], [line(2, 10, bill_type="refund")]))
    assert rows == []


def test_the_same_number_at_another_channel_is_another_payment():
    [rows] = compare(([payment(1, 10)], [line(1, 10, channel="card")]))
    expect(
        rows,
        [
            {"state": "left_only", "explanation": "paid 10.00 CNY, not billed"},
            {"state": "right_only", "explanation": "billed 10.00 CNY, not paid"},
        ],
    )


def test_a_payment_on_the_bill_of_the_next_day_is_a_matter_of_timing():
    first, second = compare(([payment(1, 10)], []), ([], [line(1, 10)]))
    expect(first, [{"item_id": "left:P1", "state": "left_only", "standing": "open"}])
    expect(
        second,
        [
            {
                "item_id": "left:P1",
                "state": "timing",
                "standing": "closed",
                "first_date": DAY,
                "explanation": "billed 1 day later than paid",
            }
        ],
    )


def test_a_payment_that_is_not_billed_is_overdue_after_three_days():
    days = compare(([payment(1, 10)], []), *[([], [])] * 4)
    assert [rows[0]["standing"] for rows in days] == [
        "open",
        "carried",
        "carried",
        "carried",
        "overdue",
    ]


def test_a_payment_that_the_channel_says_failed_is_found():
    [rows] = compare(
        (
            [payment(1, 10), payment(2, 10)],
            [line(1, 10, is_successful=False), line(2, 10, is_successful=None)],
        )
    )
    expect(
        rows,
        [
            {"state": "status_mismatch", "explanation": "paid: succeeded; billed: failed"},
            {"state": "status_mismatch", "explanation": "paid: succeeded; billed: unknown"},
        ],
    )


def test_a_payment_in_another_currency_is_found():
    [rows] = compare(([payment(1, 10)], [line(1, 10, currency="USD")]))
    expect(
        rows, [{"state": "currency_mismatch", "explanation": "paid 10.00 CNY, billed 10.00 USD"}]
    )


def test_a_payment_billed_again_is_a_duplicate_on_the_same_day_and_on_the_next():
    again = line(1, 10, bill_line_id="bill.csv:9")
    later = line(1, 10, bill_line_id="next.csv:1")
    first, second = compare(([payment(1, 10)], [line(1, 10), again]), ([], [later]))
    expect(
        first,
        [
            {"right_id": "bill.csv:1", "state": "matched", "explanation": ""},
            {
                "right_id": "bill.csv:9",
                "state": "duplicate_right",
                "explanation": "billed again: 10.00 CNY",
            },
        ],
    )
    expect(
        second,
        [
            {"right_id": "bill.csv:9", "state": "duplicate_right", "standing": "carried"},
            {"right_id": "next.csv:1", "state": "duplicate_right", "standing": "open"},
        ],
    )
