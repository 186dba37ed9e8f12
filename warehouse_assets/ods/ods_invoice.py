"""One row per invoice and delivery. A red invoice takes back what a normal one stated."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

TYPES = ["normal", "red"]


class OdsInvoice(m.DeliveredContract):
    """Finance's change log of invoices."""

    invoice_no: m.Text = m.column("Invoice, unique in the invoice system")
    order_no: m.Text = m.column("Order, unique in the order center")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    invoice_type: m.Text = m.column("Whether it states (normal) or takes back (red)", isin=TYPES)
    invoice_total_amount: m.Money = m.column("Amount of the invoice, tax included", ge=0)
    tax_rate: m.Rate = m.column("Tax as a share of the amount before tax", ge=0)
    tax_amount: m.Money = m.column("Tax within the amount of the invoice", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    issued_at: m.Timestamp = m.column("When the invoice was issued")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_invoice = m.table(
    OdsInvoice,
    owner="team:finance",
    source=files(
        "finance/invoice",
        format="jsonl",
        columns={"invoice_total_amount": "invoice_amount"},
    ),
    change_log=m.change_log(key=("invoice_no",), sequence="updated_at", event_time="issued_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("issued_at", days=3),
        m.should("tax_within_invoice", "tax_amount <= invoice_total_amount"),
    ],
)
