"""One row per payment and day on which it was refunded: the day's refunds and what is left of it.

The refunds of a payment are together not more than was captured, and go back by the channel and
in the currency in which the money came. A payment counts less what was refunded before the day.
"""

from warehouse_assets import conventions as c, modeling as m

rec_refund_payment = m.reconciliation(
    owner="team:payment",
    left=m.side(
        "dwd_refund",
        window=m.trailing(days=c.REFUND_DAYS),
        row="refund_no",
        amount="refund_amount",
        status="payment_method",
        word="refunded",
    ),
    right=m.side(
        "dwd_payment",
        window=m.trailing(days=c.REFUND_DAYS),
        reads={"dwd_refund": m.trailing(days=c.REFUND_DAYS)},
        rows="""
            WITH refunded AS (
                SELECT DISTINCT payment_no, dt FROM dwd_refund WHERE dt >= :start AND dt < :end
            ),
            refunded_payments AS (
                SELECT p.payment_no, p.payment_method, p.paid_amount, p.currency, r.dt
                FROM refunded AS r
                JOIN dwd_payment AS p
                    ON p.payment_no = r.payment_no AND is_refundable(p.dt, r.dt)
                QUALIFY ROW_NUMBER() OVER (PARTITION BY r.dt, p.payment_no ORDER BY p.dt DESC) = 1
            ),
            left_over AS (
                SELECT
                    p.payment_no,
                    p.payment_method,
                    p.currency,
                    p.dt,
                    p.paid_amount - COALESCE(SUM(b.refund_amount), 0) AS amount
                FROM refunded_payments AS p
                LEFT JOIN dwd_refund AS b
                    ON b.payment_no = p.payment_no
                    AND b.currency = p.currency
                    AND b.dt < p.dt
                    AND is_refundable(b.dt, p.dt)
                GROUP BY p.payment_no, p.payment_method, p.paid_amount, p.currency, p.dt
            )
            SELECT
                payment_no,
                payment_method,
                CASE WHEN amount > 0 THEN amount ELSE 0 END AS refundable_amount,
                currency,
                dt
            FROM left_over
        """,
        row="CONCAT(payment_no, ' on ', CAST(dt AS VARCHAR))",
        amount="refundable_amount",
        status="payment_method",
        word="paid",
    ),
    match="n:1",
    passes=[
        m.match_key("payment and day", left=("payment_no", "dt"), right=("payment_no", "dt")),
    ],
    compare="at most",
    open_days=0,
)
