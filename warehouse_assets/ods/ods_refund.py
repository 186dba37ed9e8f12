"""One row per refund and delivery: each refund begun or changed, as the payment center had it.

A refund may be delivered any number of times; dwd_refund takes its newest version.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

STATUSES = ["pending", "succeeded", "failed"]


class OdsRefund(m.DeliveredContract):
    """The payment center's change log of refunds."""

    refund_no: m.Text = m.column("Refund, unique in the payment center")
    payment_no: m.Text = m.column("Payment, unique in the payment center")
    order_no: m.Text = m.column("Order, unique in the order center")
    after_sale_no: m.Text = m.column("After-sale request, unique in the order center", null=True)
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    payment_method: m.Text = m.column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    outward_refund_no: m.Text = m.column("Number of the refund that the channel was sent")
    refund_status: m.Text = m.column("Where the refund stands", isin=STATUSES)
    refund_amount: m.Money = m.column("Money given back to buyers", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    created_at: m.Timestamp = m.column("When it was begun")
    refunded_at: m.Timestamp = m.column("When the money was given back", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_refund = m.table(
    OdsRefund,
    owner="team:payment",
    source=files("payment_center/refund", format="parquet"),
    change_log=m.change_log(key=("refund_no",), sequence="updated_at", event_time="refunded_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("refunded_at", days=3),
        m.must("succeeded_has_time", "refund_status <> 'succeeded' OR refunded_at IS NOT NULL"),
    ],
)
