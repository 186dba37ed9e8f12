"""One row per succeeded refund, on the business date money went back, as known three days later.

A refund is of one payment: that of an order with several payments may be several refunds. A
chargeback is one, too, and has no after-sale. A refund whose payment was not captured in the 90
days before has no day of payment.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdRefund(m.Contract):
    """Money given back to buyers."""

    refund_no: m.Text = m.key(v.refund_no)
    payment_no: m.Text = m.ref("dwd_payment", v.payment_no)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    after_sale_no: m.Text = m.ref("dwd_after_sale", v.after_sale_no, null=True)
    refund_type: m.Text = m.column(v.refund_type)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    payment_method: m.Text = m.column(v.payment_method)
    merchant_no: m.Text = m.column(v.merchant_no)
    outward_refund_no: m.Text = m.column(v.outward_refund_no)
    refund_amount: m.Money = m.column(v.refund_amount)
    currency: m.Text = m.column(v.currency)
    created_at: m.Timestamp = m.column(v.created_at)
    refunded_at: m.Timestamp = m.column(v.refunded_at)
    paid_date: m.Day = m.column(v.paid_date, null=True)
    dt: m.Day = m.partition("Business date the money was given back")


dwd_refund = m.table(
    DwdRefund,
    owner="team:payment",
    reads={
        "ods_refund": m.latest(c.delivery_window, undated="left out"),
        "dwd_payment": m.trailing(days=c.REFUND_DAYS),
    },
    sort_by=("order_no",),
    checks=[
        m.check("refunded_after_begun", "refunded_at >= created_at", warn=True),
        m.check("payment_known", "paid_date IS NOT NULL", warn=True),
    ],
    sql="""
        SELECT
            r.refund_no,
            r.payment_no,
            r.order_no,
            r.after_sale_no,
            r.refund_type,
            r.user_id,
            r.payment_method,
            r.merchant_no,
            r.outward_refund_no,
            r.refund_amount,
            r.currency,
            r.created_at,
            r.refunded_at,
            p.dt AS paid_date,
            r.dt
        FROM ods_refund AS r
        LEFT JOIN dwd_payment AS p
            ON p.payment_no = r.payment_no
            AND is_refundable(p.dt, r.dt)
        WHERE r.refund_status = 'succeeded' AND r.dt >= :start AND r.dt < :end
        QUALIFY ROW_NUMBER() OVER (PARTITION BY r.dt, r.refund_no ORDER BY p.dt DESC) = 1
    """,
)
