"""One row per order and its captured payments, or what stands alone.

An order is due on the date it was paid, as known three days later; one that owes nothing needs no
payment. An order that says it was not paid is due once there is money for it: all that it owes, or
any at all where it was cancelled. Interest of instalments is no part of the money captured.
"""

from warehouse_assets import conventions as c, modeling as m

rec_order_payment = m.reconciliation(
    owner="team:trade",
    left=m.side(
        "ods_order",
        window=m.latest(c.delivery_window, event_time="paid_at", undated="left out"),
        reads={"dwd_order": m.trailing(days=c.LATE_DAYS + 1)},
        rows="""
            SELECT order_no, payable_amount, currency, 'captured' AS payment_status, dt
            FROM ods_order
            WHERE payable_amount > 0
            UNION ALL
            SELECT
                o.order_no,
                o.payable_amount,
                o.currency,
                o.order_status,
                CASE WHEN o.order_status = 'created' THEN MAX(p.dt) ELSE MIN(p.dt) END AS dt
            FROM dwd_order AS o
            JOIN dwd_payment AS p ON p.order_no = o.order_no AND p.currency = o.currency
            WHERE o.paid_at IS NULL
                AND o.payable_amount > 0
                AND NOT EXISTS (SELECT 1 FROM ods_order AS d WHERE d.order_no = o.order_no)
            GROUP BY o.order_no, o.payable_amount, o.currency, o.order_status
            HAVING o.order_status <> 'created' OR SUM(p.paid_amount) >= o.payable_amount
        """,
        row="order_no",
        amount="payable_amount",
        status="payment_status",
        word="ordered",
    ),
    right=m.side(
        "dwd_payment",
        window=m.trailing(days=c.LATE_DAYS + 1),
        row="payment_no",
        amount="paid_amount",
        status="'captured'",
        word="paid",
    ),
    match="1:n",
    passes=[m.match_key("order", left=("order_no",), right=("order_no",))],
    tolerance=m.tolerance(c.ROUNDING),
    open_days=1,
)
