"""One row per succeeded refund, on the business date money went back, as known three days later.

A refund is of one payment: that of an order with several payments may be several refunds. A
refund whose payment was not captured in the 90 days before has no day of payment.
"""

from warehouse_assets import modeling as m


class DwdRefund(m.Contract):
    """Money given back to buyers."""

    refund_no: m.Text = m.key("Refund, unique in the payment center")
    payment_no: m.Text = m.ref("dwd_payment", "Payment, unique in the payment center")
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    after_sale_no: m.Text = m.ref(
        "dwd_after_sale", "After-sale request, unique in the order center", null=True
    )
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    payment_method: m.Text = m.column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    outward_refund_no: m.Text = m.column("Number of the refund that the channel was sent")
    refund_amount: m.Money = m.column("Money given back to buyers")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    created_at: m.Timestamp = m.column("When it was begun")
    refunded_at: m.Timestamp = m.column("When the money was given back")
    paid_date: m.Day = m.column("Business date the money was captured", null=True)
    dt: m.Day = m.partition("Business date the money was given back")


dwd_refund = m.table(
    DwdRefund,
    owner="team:payment",
    reads={
        "ods_refund": m.newest(m.following(days=3), undated="left out"),
        "dwd_payment": m.trailing(days=90),
    },
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[
        m.should("refunded_after_begun", "refunded_at >= created_at"),
        m.should("payment_known", "paid_date IS NOT NULL"),
    ],
    sql="""
        SELECT
            r.refund_no,
            r.payment_no,
            r.order_no,
            r.after_sale_no,
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
            AND p.dt <= r.dt
            AND p.dt > r.dt - INTERVAL 90 DAY
        WHERE r.refund_status = 'succeeded' AND r.dt >= :start AND r.dt < :end
        QUALIFY ROW_NUMBER() OVER (PARTITION BY r.dt, r.refund_no ORDER BY p.dt DESC) = 1
    """,
)
