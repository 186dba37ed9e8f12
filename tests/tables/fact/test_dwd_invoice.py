from datetime import timedelta

from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_invoice import dwd_invoice

ISSUED = at("2026-01-10 18:00")


def invoice(invoice_no="I1", **values):
    return {
        "invoice_no": invoice_no,
        "invoice_type": "normal",
        "invoice_total_amount": "113.00",
        "tax_rate": "0.13",
        "tax_amount": "13.00",
        "issued_at": ISSUED,
        "updated_at": ISSUED,
        **values,
    }


def test_a_red_invoice_takes_back_without_a_minus_of_its_own():
    red = invoice("I2", invoice_type="red", invoice_total_amount="56.50", tax_amount="6.50")
    rows = run_sql(dwd_invoice, {"ods_invoice": [invoice(), red]})
    expect(
        rows,
        [
            {
                "invoice_no": "I1",
                "is_red": False,
                "invoice_total_amount": "113.00",
                "signed_invoice_amount": "113.00",
                "signed_tax_amount": "13.00",
                "dt": DAY,
            },
            {
                "invoice_no": "I2",
                "is_red": True,
                "invoice_total_amount": "56.50",
                "signed_invoice_amount": "-56.50",
                "signed_tax_amount": "-6.50",
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(dwd_invoice, rows) == set()


def test_a_corrected_invoice_counts_once():
    corrected = invoice(
        invoice_total_amount="226.00",
        tax_amount="26.00",
        updated_at=ISSUED + timedelta(hours=5),
        dt=DAY + timedelta(days=1),
    )
    rows = run_sql(dwd_invoice, {"ods_invoice": [corrected, invoice()]})
    expect(rows, [{"invoice_no": "I1", "signed_invoice_amount": "226.00"}])


def test_more_tax_than_amount_is_kept_and_reported():
    rows = run_sql(dwd_invoice, {"ods_invoice": [invoice(tax_amount="113.01")]})
    assert broken_rules(dwd_invoice, rows) == {"tax_within_invoice"}
