"""One row per invoice and delivery. A red invoice takes back what a normal one stated."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Rate,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)

TYPES = ["normal", "red"]


class OdsInvoice(DeliveredContract):
    """Finance's change log of invoices."""

    invoice_no: Text = column("Invoice, unique in the invoice system")
    order_no: Text = column("Order, unique in the order center")
    user_id: Integer = column("User; where the row is about an order, its buyer")
    invoice_type: Text = column("Whether it states (normal) or takes back (red)", isin=TYPES)
    invoice_total_amount: Money = column("Amount of the invoice, tax included", ge=0)
    tax_rate: Rate = column("Tax as a share of the amount before tax", ge=0)
    tax_amount: Money = column("Tax within the amount of the invoice", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    issued_at: Timestamp = column("When the invoice was issued")
    updated_at: Timestamp = column("When the source last changed the row")


ods_invoice = table(
    OdsInvoice,
    owner="team:finance",
    source=files(
        "finance/invoice",
        format="jsonl",
        columns={"invoice_total_amount": "invoice_amount"},
    ),
    change_log=change_log(key=("invoice_no",), sequence="updated_at", event_time="issued_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("issued_at", days=3),
        should("tax_within_invoice", "tax_amount <= invoice_total_amount"),
    ],
)
