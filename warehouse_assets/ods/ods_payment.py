"""One row per payment and delivery: each payment begun or changed, as the payment center had it.

A payment may be delivered any number of times; dwd_payment takes its newest version.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

STATUSES = ["pending", "captured", "failed"]


class OdsPayment(m.DeliveredContract):
    """The payment center's change log of payments."""

    payment_no: m.Text = m.column("Payment, unique in the payment center")
    order_no: m.Text = m.column("Order, unique in the order center")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    payment_method: m.Text = m.column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    outward_no: m.Text = m.column("Number of the payment that the channel was sent")
    installment_count: m.Integer = m.column("Instalments the buyer pays in", ge=0)
    installment_interest_amount: m.Money = m.column(
        "Interest of instalments, beside what is paid", ge=0
    )
    payment_status: m.Text = m.column("Where the payment stands", isin=STATUSES)
    payment_amount: m.Money = m.column("Money captured, or to be captured", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    created_at: m.Timestamp = m.column("When it was begun")
    paid_at: m.Timestamp = m.column("When the money was captured", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_payment = m.table(
    OdsPayment,
    owner="team:payment",
    source=files(
        "payment_center/payment",
        format="parquet",
        columns={"payment_amount": "paid_amount"},
    ),
    change_log=m.change_log(key=("payment_no",), sequence="updated_at", event_time="paid_at"),
    freshness=m.by("02:00"),
    checks=[
        m.must("captured_has_time", "payment_status <> 'captured' OR paid_at IS NOT NULL"),
        m.delivered_in_time("paid_at", days=3),
    ],
)
