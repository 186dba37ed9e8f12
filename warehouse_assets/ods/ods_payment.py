"""One row per payment and delivery: each payment begun or changed, as the payment center had it.

A payment may be delivered any number of times; dwd_payment takes its newest version.
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

STATUSES = ["pending", "captured", "failed"]


class OdsPayment(DeliveredContract):
    """The payment center's change log of payments."""

    payment_no: Text = column("Payment, unique in the payment center")
    order_no: Text = column("Order, unique in the order center")
    user_id: Integer = column("User; where the row is about an order, its buyer")
    payment_method: Text = column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: Text = column("Account of the platform at the channel")
    outward_no: Text = column("Number of the payment that the channel was sent")
    installment_count: Integer = column("Instalments the buyer pays in", ge=0)
    installment_interest_amount: Money = column(
        "Interest of instalments, beside what is paid", ge=0
    )
    payment_status: Text = column("Where the payment stands", isin=STATUSES)
    payment_amount: Money = column("Money captured, or to be captured", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    created_at: Timestamp = column("When it was begun")
    paid_at: Timestamp = column("When the money was captured", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_payment = table(
    OdsPayment,
    owner="team:payment",
    source=files(
        "payment_center/payment",
        format="parquet",
        columns={"payment_amount": "paid_amount"},
    ),
    change_log=change_log(key=("payment_no",), sequence="updated_at", event_time="paid_at"),
    freshness=by("02:00"),
    checks=[
        must("captured_has_time", "payment_status <> 'captured' OR paid_at IS NOT NULL"),
        delivered_in_time("paid_at", days=3),
    ],
)
