from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_wallet import rec_wallet


def entry(no, entry_type, business_no, amount="5.00", **values):
    return {
        "wallet_entry_no": no,
        "entry_type": entry_type,
        "business_no": business_no,
        "amount": amount,
        **values,
    }


def payment(no="P1", amount="5.00", **values):
    return {"payment_no": no, "payment_method": "wallet", "paid_amount": amount, **values}


def results(entries=(), payments=(), refunds=(), day=DAY, earlier=()):
    inputs = {"dwd_wallet_entry": entries, "dwd_payment": payments, "dwd_refund": refunds}
    return run_day(rec_wallet, inputs, day, earlier)


def test_payments_and_refunds_by_wallet_are_in_the_wallet():
    refund = {"refund_no": "R1", "payment_method": "wallet", "refund_amount": "2.00"}
    rows = results(
        [entry("W1", "top_up", "P1"), entry("W2", "payment", "P1"),
         entry("W3", "refund", "R1", "2.00")],
        [payment(), payment("P2", payment_method="card")],
        [refund],
    )  # fmt: skip
    expect(
        rows,
        [
            {"left_id": "W2", "right_id": "P1", "state": "matched"},
            {"left_id": "W3", "right_id": "R1", "state": "matched"},
        ],
    )


def test_the_wallet_pays_another_amount():
    expect(
        results([entry("W2", "payment", "P1", "5.03")], [payment()]),
        [
            {
                "state": "amount_mismatch",
                "open_amount": "0.03",
                "explanation": "paid or refunded 0.03 CNY less than moved in the wallet",
            }
        ],
    )


def test_a_payment_that_is_told_a_day_later():
    alone = results([entry("W2", "payment", "P1")])
    expect(
        alone,
        [
            {
                "state": "left_only",
                "explanation": "moved in the wallet 5.00 CNY, not paid or refunded",
            }
        ],
    )
    expect(
        results(payments=[payment(dt=NEXT)], day=NEXT, earlier=alone),
        [{"state": "timing", "item_id": "left:W2"}],
    )


def test_a_payment_is_in_the_wallet_twice():
    rows = results([entry("W2", "payment", "P1"), entry("W3", "payment", "P1")], [payment()])
    expect(
        rows,
        [{"left_id": "W2", "state": "matched"}, {"left_id": "W3", "state": "duplicate_left"}],
    )
