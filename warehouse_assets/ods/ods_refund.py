"""One row per refund and delivery: each refund begun or changed, as the payment center had it.

A refund may be delivered any number of times; dwd_refund takes its latest version. A chargeback is
a refund, too, that no after-sale asked for.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsRefund(m.DeliveredContract):
    """The payment center's change log of refunds."""

    refund_no: m.Text = m.column(v.refund_no)
    payment_no: m.Text = m.column(v.payment_no)
    order_no: m.Text = m.column(v.order_no)
    after_sale_no: m.Text = m.column(v.after_sale_no, null=True)
    refund_type: m.Text = m.column(v.refund_type, isin=["after_sale", "chargeback"])
    user_id: m.Integer = m.column(v.user_id)
    payment_method: m.Text = m.column(v.payment_method)
    merchant_no: m.Text = m.column(v.merchant_no)
    outward_refund_no: m.Text = m.column(v.outward_refund_no)
    refund_status: m.Text = m.column(
        "Where the refund stands", isin=["pending", "succeeded", "failed"]
    )
    refund_amount: m.Money = m.column(v.refund_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    created_at: m.Timestamp = m.column(v.created_at)
    refunded_at: m.Timestamp = m.column(v.refunded_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_refund = m.table(
    OdsRefund,
    owner="team:payment",
    source=m.files("payment_center/refund", format="parquet"),
    change_log=m.change_log(key=("refund_no",), sequence="updated_at", event_time="refunded_at"),
    checks=[
        m.check("succeeded_has_time", "refund_status <> 'succeeded' OR refunded_at IS NOT NULL")
    ],
)
