"""One row per invoice, on the business date it was issued, as known three days later.

A red invoice takes an earlier one back. Its amounts are as it says them, not negative;
`signed_invoice_amount` is what sums up to what stays invoiced.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Flag,
    Integer,
    Money,
    Rate,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdInvoice(Contract):
    """Invoices issued to buyers, and the red ones that take them back."""

    invoice_no: Text = key("Invoice, unique in the invoice system")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    is_red: Flag = column("Whether the invoice takes an earlier one back")
    invoice_total_amount: Money = column("Amount of the invoice, tax included")
    tax_rate: Rate = column("Tax as a share of the amount before tax")
    tax_amount: Money = column("Tax within the amount of the invoice")
    signed_invoice_amount: Money = column("Invoiced, tax included; negative where taken back")
    signed_tax_amount: Money = column("Tax invoiced; negative where taken back")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    issued_at: Timestamp = column("When the invoice was issued")
    dt: Day = partition("Business date the invoice was issued")


dwd_invoice = table(
    DwdInvoice,
    owner="team:finance",
    reads={"ods_invoice": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[should("tax_within_invoice", "tax_amount <= invoice_total_amount")],
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
