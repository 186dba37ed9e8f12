"""One row per invoice, on the business date it was issued, as known three days later.

A red invoice takes an earlier one back. Its amounts are as it says them, not negative;
`signed_invoice_amount` is what sums up to what stays invoiced.
"""

from warehouse_assets import modeling as m


class DwdInvoice(m.Contract):
    """Invoices issued to buyers, and the red ones that take them back."""

    invoice_no: m.Text = m.key("Invoice, unique in the invoice system")
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    is_red: m.Flag = m.column("Whether the invoice takes an earlier one back")
    invoice_total_amount: m.Money = m.column("Amount of the invoice, tax included")
    tax_rate: m.Rate = m.column("Tax as a share of the amount before tax")
    tax_amount: m.Money = m.column("Tax within the amount of the invoice")
    signed_invoice_amount: m.Money = m.column("Invoiced, tax included; negative where taken back")
    signed_tax_amount: m.Money = m.column("Tax invoiced; negative where taken back")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    issued_at: m.Timestamp = m.column("When the invoice was issued")
    dt: m.Day = m.partition("Business date the invoice was issued")


dwd_invoice = m.table(
    DwdInvoice,
    owner="team:finance",
    reads={"ods_invoice": m.newest(m.following(days=3))},
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[m.should("tax_within_invoice", "tax_amount <= invoice_total_amount")],
    sql="""
        WITH invoices AS (
            SELECT
                invoice_no,
                order_no,
                user_id,
                invoice_type = 'red' AS is_red,
                invoice_total_amount,
                tax_rate,
                tax_amount,
                currency,
                issued_at,
                dt
            FROM ods_invoice
            WHERE dt >= :start AND dt < :end
        )
        SELECT
            invoice_no,
            order_no,
            user_id,
            is_red,
            invoice_total_amount,
            tax_rate,
            tax_amount,
            CASE WHEN is_red THEN -invoice_total_amount ELSE invoice_total_amount END
                AS signed_invoice_amount,
            CASE WHEN is_red THEN -tax_amount ELSE tax_amount END AS signed_tax_amount,
            currency,
            issued_at,
            dt
        FROM invoices
    """,
)
