"""One row per invoice, on the business date it was issued, as known three days later.

A red invoice takes an earlier one back. Its amounts are as it says them, not negative;
`signed_invoice_amount` is what sums up to what stays invoiced.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdInvoice(m.Contract):
    """Invoices issued to buyers, and the red ones that take them back."""

    invoice_no: m.Text = m.key(v.invoice_no)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    is_red: m.Flag = m.column("Whether the invoice takes an earlier one back")
    invoice_total_amount: m.Money = m.column(v.invoice_total_amount)
    tax_rate: m.Rate = m.column(v.tax_rate)
    tax_amount: m.Money = m.column(v.tax_amount)
    signed_invoice_amount: m.Money = m.column("Invoiced, tax included; negative where taken back")
    signed_tax_amount: m.Money = m.column("Tax invoiced; negative where taken back")
    currency: m.Text = m.column(v.currency)
    issued_at: m.Timestamp = m.column(v.issued_at)
    dt: m.Day = m.partition("Business date the invoice was issued")


dwd_invoice = m.table(
    DwdInvoice,
    owner="team:finance",
    reads={"ods_invoice": m.latest(c.delivery_window)},
    sort_by=("order_no",),
    checks=[v.tax_within_invoice],
    sql=m.select_from(
        "ods_invoice",
        columns={
            "is_red": "invoice_type = 'red'",
            "signed_invoice_amount": """
                CASE invoice_type
                    WHEN 'red' THEN -invoice_total_amount
                    ELSE invoice_total_amount
                END
            """,
            "signed_tax_amount": """
                CASE invoice_type WHEN 'red' THEN -tax_amount ELSE tax_amount END
            """,
        },
    ),
)
