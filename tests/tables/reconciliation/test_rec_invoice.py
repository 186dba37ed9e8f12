from datetime import timedelta

from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_invoice import rec_invoice

PAID = DAY - timedelta(days=2)


def invoice(no="I1", amount="113.00", tax="13.00", **values):
    return {
        "invoice_no": no,
        "order_no": "A",
        "tax_rate": "0.130000",
        "signed_invoice_amount": amount,
        "signed_tax_amount": tax,
        **values,
    }


def payment(no="P1", amount="113.00", **values):
    return {"payment_no": no, "order_no": "A", "paid_amount": amount, "dt": PAID, **values}


def refund(amount="11.30", **values):
    return {"refund_no": "R1", "order_no": "A", "refund_amount": amount, "dt": NEXT, **values}


def results(invoices=(), payments=(), refunds=(), day=DAY, earlier=()):
    inputs = {"dwd_invoice": invoices, "dwd_payment": payments, "dwd_refund": refunds}
    return run_day(rec_invoice, inputs, day, earlier)


def test_what_was_paid_is_invoiced_with_its_tax():
    other = payment("P3", order_no="B")
    expect(
        results([invoice()], [payment(amount="100.00"), payment("P2", "13.00"), other]),
        [{"state": "matched", "right_amount": "113.00", "right_figure_1_amount": "13.00"}],
    )


def test_an_invoice_is_not_what_was_paid():
    expect(
        results([invoice(amount="113.02")], [payment()]),
        [
            {
                "state": "amount_mismatch",
                "figure": "amount",
                "explanation": "paid 0.02 CNY less than invoiced",
            }
        ],
    )


def test_an_invoice_states_another_tax_than_its_rate_makes():
    expect(
        results([invoice(tax="13.02")], [payment()]),
        [
            {
                "state": "amount_mismatch",
                "figure": "tax",
                "open_amount": "0.02",
                "explanation": "tax: paid 0.02 CNY less than invoiced",
            }
        ],
    )


def test_a_refund_is_open_until_a_red_invoice_takes_its_part_back():
    first = results([invoice()], [payment()])
    red = invoice("I2", "-11.30", "-1.30", dt=NEXT)
    expect(
        results([invoice(), red], [payment()], [refund()], NEXT, first),
        [{"state": "matched", "left_amount": "-11.30", "right_amount": "-11.30"}],
    )
    missing = results([invoice()], [payment()], [refund()], NEXT, first)
    expect(
        missing,
        [
            {
                "state": "right_only",
                "open_amount": "11.30",
                "due_date": NEXT + timedelta(days=30),
            }
        ],
    )
    later = NEXT + timedelta(days=1)
    red = invoice("I2", "-11.30", "-1.30", dt=later)
    expect(
        results([invoice(), red], [payment()], [refund()], later, missing),
        [{"state": "timing", "is_open": False}],
    )


def test_a_wrong_invoice_is_closed_by_its_correction():
    wrong = results([invoice(amount="120.00", tax="13.81")], [payment()])
    expect(wrong, [{"state": "amount_mismatch", "open_amount": "7.00"}])
    corrections = [
        invoice("I2", "-120.00", "-13.81", dt=NEXT),
        invoice("I3", dt=NEXT),
    ]
    expect(
        results([invoice(amount="120.00"), *corrections], [payment()], (), NEXT, wrong),
        [{"item_id": "left:I1", "state": "timing", "left_count": 3, "left_amount": "113.00"}],
    )


def test_an_order_is_invoiced_that_nobody_paid():
    expect(
        results([invoice()]),
        [{"state": "left_only", "explanation": "invoiced 113.00 CNY, not paid"}],
    )
