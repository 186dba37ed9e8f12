"""One row per refund and delivery: each refund begun or changed, as the payment center had it.

A refund may be delivered any number of times; dwd_refund takes its newest version.
"""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    must,
    table,
)

STATUSES = ["pending", "succeeded", "failed"]


class OdsRefund(DeliveredContract):
    """The payment center's change log of refunds."""

    refund_no: Text = column("Refund, unique in the payment center")
    payment_no: Text = column("Payment, unique in the payment center")
    order_no: Text = column("Order, unique in the order center")
    after_sale_no: Text = column("After-sale request, unique in the order center", null=True)
    user_id: Integer = column("User; where the row is about an order, its buyer")
    payment_method: Text = column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: Text = column("Account of the platform at the channel")
    outward_refund_no: Text = column("Number of the refund that the channel was sent")
    refund_status: Text = column("Where the refund stands", isin=STATUSES)
    refund_amount: Money = column("Money given back to buyers", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    created_at: Timestamp = column("When it was begun")
    refunded_at: Timestamp = column("When the money was given back", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_refund = table(
    OdsRefund,
    owner="team:payment",
    source=files("payment_center/refund", format="parquet"),
    change_log=change_log(key=("refund_no",), sequence="updated_at", event_time="refunded_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("refunded_at", days=3),
        must("succeeded_has_time", "refund_status <> 'succeeded' OR refunded_at IS NOT NULL"),
    ],
)
