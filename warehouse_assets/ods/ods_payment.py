"""One row per payment and delivery: each payment begun or changed, as the payment center had it.

A payment may be delivered any number of times; dwd_payment takes its latest version.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsPayment(m.DeliveredContract):
    """The payment center's change log of payments."""

    payment_no: m.Text = m.column(v.payment_no)
    order_no: m.Text = m.column(v.order_no)
    user_id: m.Integer = m.column(v.user_id)
    payment_method: m.Text = m.column(v.payment_method)
    merchant_no: m.Text = m.column(v.merchant_no)
    outward_no: m.Text = m.column(v.outward_no)
    installment_count: m.Integer = m.column(v.installment_count, ge=0)
    installment_interest_amount: m.Money = m.column(v.installment_interest_amount, ge=0)
    payment_status: m.Text = m.column(
        "Where the payment stands", isin=["pending", "captured", "failed"]
    )
    payment_amount: m.Money = m.column("Money captured, or to be captured", ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    created_at: m.Timestamp = m.column(v.created_at)
    paid_at: m.Timestamp = m.column(v.paid_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_payment = m.table(
    OdsPayment,
    owner="team:payment",
    source=m.files(
        "payment_center/payment", format="parquet", columns={"payment_amount": "paid_amount"}
    ),
    change_log=m.change_log(key=("payment_no",), sequence="updated_at", event_time="paid_at"),
    checks=[m.check("captured_has_time", "payment_status <> 'captured' OR paid_at IS NOT NULL")],
)
