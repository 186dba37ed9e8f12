"""One row per succeeded refund, on the business date money went back, as known three days later.

A refund is of one payment: that of an order with several payments may be several refunds. A
refund whose payment was not captured in the 90 days before has no day of payment.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
    trailing,
)


class DwdRefund(Contract):
    """Money given back to buyers."""

    refund_no: Text = key("Refund, unique in the payment center")
    payment_no: Text = ref("dwd_payment", "Payment, unique in the payment center")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    after_sale_no: Text = ref(
        "dwd_after_sale", "After-sale request, unique in the order center", null=True
    )
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    payment_method: Text = column("How the buyer paid: card, wallet, voucher, ...")
    merchant_no: Text = column("Account of the platform at the channel")
    outward_refund_no: Text = column("Number of the refund that the channel was sent")
    refund_amount: Money = column("Money given back to buyers")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    created_at: Timestamp = column("When it was begun")
    refunded_at: Timestamp = column("When the money was given back")
    paid_date: Day = column("Business date the money was captured", null=True)
    dt: Day = partition("Business date the money was given back")


dwd_refund = table(
    DwdRefund,
    owner="team:payment",
    reads={
        "ods_refund": newest(following(days=3), undated="left out"),
        "dwd_payment": trailing(days=90),
    },
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        should("refunded_after_begun", "refunded_at >= created_at"),
        should("payment_known", "paid_date IS NOT NULL"),
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
