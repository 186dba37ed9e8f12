from decimal import Decimal

from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import expect
from warehouse_assets.reconciliation.rec_refund_bill import rec_refund_bill


def refund(number, amount, **values):
    return {
        "refund_no": f"R{number}",
        "payment_method": "alipay",
        "outward_refund_no": f"CR{number}",
        "refund_amount": Decimal(amount),
        **values,
    }


def line(number, amount, fee, **values):
    return {
        "bill_line_id": f"bill.csv:{number}",
        "channel": "alipay",
        "outward_refund_no": f"CR{number}",
        "bill_type": "refund",
        "is_successful": True,
        "gross_amount": amount,
        "fee_amount": fee,
        **values,
    }


def compare(*days):
    names = ("dwd_refund", "dwd_channel_bill")
    return run_days(rec_refund_bill, *(dict(zip(names, day, strict=True)) for day in days))


def test_a_refund_is_billed_and_its_fee_given_back():
    """Alipay's contract: 0.6 %, so 0.60 of 100.00."""
    [rows] = compare(([refund(1, 100)], [line(1, 100, "0.60")]))
    expect(
        rows,
        [{"state": "matched", "left_fee_amount": "0.60", "right_fee_amount": "0.60"}],
    )


def test_a_fee_that_is_kept_is_found():
    [rows] = compare(([refund(1, 100)], [line(1, 100, 0)]))
    expect(
        rows,
        [
            {
                "state": "fee_mismatch",
                "open_amount": "0.60",
                "explanation": "fee: billed 0.60 CNY less than refunded",
            }
        ],
    )


def test_another_amount_or_status_is_found():
    [rows] = compare(
        (
            [refund(1, 100), refund(2, 100)],
            [line(1, "100.30", "0.60"), line(2, 100, "0.60", is_successful=False)],
        )
    )
    expect(
        rows,
        [
            {
                "left_id": "R1",
                "state": "amount_mismatch",
                "explanation": "billed 0.30 CNY more than refunded",
            },
            {
                "left_id": "R2",
                "state": "status_mismatch",
                "explanation": "refunded: succeeded; billed: failed",
            },
        ],
    )


def test_wallets_and_payments_are_not_compared():
    wallet = refund(1, 100, payment_method="wallet")
    [rows] = compare(([wallet], [line(2, 100, "0.60", bill_type="pay")]))
    assert rows == []


def test_a_refund_may_be_billed_up_to_seven_days_later():
    days = compare(([refund(1, 100)], []), *[([], [])] * 8, ([], [line(1, 100, "0.60")]))
    expect(
        days[0],
        [{"state": "left_only", "explanation": "refunded 100.00 CNY, not billed"}],
    )
    expect(days[7], [{"state": "left_only", "standing": "carried"}])
    expect(days[8], [{"state": "left_only", "standing": "overdue"}])
    expect(days[9], [{"state": "timing", "explanation": "billed 9 days later than refunded"}])
