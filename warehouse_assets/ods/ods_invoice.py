"""One row per invoice and delivery. A red invoice takes back what a normal one stated."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsInvoice(m.DeliveredContract):
    """Finance's change log of invoices."""

    invoice_no: m.Text = m.column(v.invoice_no)
    order_no: m.Text = m.column(v.order_no)
    user_id: m.Integer = m.column(v.user_id)
    invoice_type: m.Text = m.column(
        "Whether it states (normal) or takes back (red)", isin=["normal", "red"]
    )
    invoice_total_amount: m.Money = m.column(v.invoice_total_amount, ge=0)
    tax_rate: m.Rate = m.column(v.tax_rate, ge=0)
    tax_amount: m.Money = m.column(v.tax_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    issued_at: m.Timestamp = m.column(v.issued_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_invoice = m.table(
    OdsInvoice,
    owner="team:finance",
    source=m.files(
        "finance/invoice", format="jsonl", columns={"invoice_total_amount": "invoice_amount"}
    ),
    change_log=m.change_log(key=("invoice_no",), sequence="updated_at", event_time="issued_at"),
    checks=[v.tax_within_invoice],
)
