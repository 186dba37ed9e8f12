from datetime import timedelta

from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_bill_payout import rec_bill_payout


def line(number, gross, fee, bill_type="pay", **values):
    return {
        "bill_line_id": f"bill.csv:{number}",
        "channel": "alipay",
        "merchant_no": "M1",
        "bill_type": bill_type,
        "is_counted": True,
        "gross_amount": gross,
        "fee_amount": fee,
        **values,
    }


def payout(number, net, fee, **values):
    return {
        "payout_no": number,
        "channel": "alipay",
        "merchant_no": "M1",
        "batch_date": DAY,
        "net_amount": net,
        "fee_amount": fee,
        **values,
    }


def compare(*days):
    names = ("dwd_channel_bill", "dwd_payout")
    return run_days(rec_bill_payout, *(dict(zip(names, day, strict=True)) for day in days))


BATCH = [line(1, 100, "0.60"), line(2, 50, "0.30", "refund"), line(3, 9, 1, is_counted=False)]


def test_a_batch_is_open_until_it_is_paid_out():
    first, second = compare((BATCH, []), ([], [payout("PO1", "49.70", "0.30")]))
    expect(
        first,
        [
            {
                "left_key": "alipay|M1|CNY|2026-01-10",
                "state": "left_only",
                "standing": "open",
                "left_count": 2,
                "open_amount": "49.70",
                "explanation": "billed 49.70 CNY, not paid out",
            }
        ],
    )
    expect(
        second,
        [
            {
                "state": "timing",
                "right_amount": "49.70",
                "right_fee_amount": "0.30",
                "explanation": "paid out 1 day later than billed",
            }
        ],
    )


def test_a_batch_that_is_not_paid_out_in_three_days_is_overdue():
    days = compare((BATCH, []), *[([], [])] * 4)
    assert [row["standing"] for rows in days for row in rows] == [
        "open",
        "carried",
        "carried",
        "carried",
        "overdue",
    ]


def test_another_net_or_fee_is_found():
    _, rows = compare((BATCH, []), ([], [payout("PO1", 60, "0.30")]))
    expect(
        rows,
        [
            {
                "state": "amount_mismatch",
                "open_amount": "-10.30",
                "explanation": "paid out 10.30 CNY more than billed",
            }
        ],
    )
    _, rows = compare((BATCH, []), ([], [payout("PO1", "49.70", "0.40")]))
    expect(
        rows,
        [
            {
                "state": "fee_mismatch",
                "open_amount": "-0.10",
                "explanation": "fee: paid out 0.10 CNY more than billed",
            }
        ],
    )


def test_each_currency_is_paid_out_by_itself():
    dollars = line(4, 20, "0.12", currency="USD")
    _, rows = compare(
        ([*BATCH, dollars], []),
        (
            [],
            [payout("PO1", "49.70", "0.30"), payout("PO2", "19.88", "0.12", currency="USD")],
        ),
    )
    expect(rows, [{"state": "timing", "currency": "CNY"}, {"state": "timing", "currency": "USD"}])


def test_a_payout_in_another_currency_is_found():
    _, rows = compare((BATCH, []), ([], [payout("PO1", "49.70", "0.30", currency="USD")]))
    expect(
        rows,
        [
            {"state": "left_only", "explanation": "billed 49.70 CNY, not paid out"},
            {"state": "right_only", "explanation": "paid out 49.70 USD, not billed"},
        ],
    )


def test_a_payout_for_nothing_and_a_second_one_are_found():
    paid = payout("PO1", "49.70", "0.30")
    again = payout("PO2", "49.70", "0.30")
    other = payout("PO3", 5, 0, batch_date=DAY - timedelta(days=2))
    _, second, third = compare((BATCH, []), ([], [paid, other]), ([], [again]))
    expect(
        second,
        [
            {"right_id": "PO1", "state": "timing"},
            {"right_id": "PO3", "state": "right_only"},
        ],
    )
    expect(
        third,
        [
            {
                "right_id": "PO2",
                "state": "duplicate_right",
                "explanation": "paid out again: 49.70 CNY",
            },
            {
                "right_id": "PO3",
                "state": "right_only",
                "explanation": "paid out 5.00 CNY, not billed",
            },
        ],
    )
