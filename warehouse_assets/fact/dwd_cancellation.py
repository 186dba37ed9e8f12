"""One row per cancelled order, on the business date of its cancellation.

Orders are as dwd_order knows them, three days after they were placed: a later cancellation is not
here. What was paid before the cancellation is not cancelled with it: it goes back as a refund. An
order that stands on two dates is cancelled once a day.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdCancellation(m.Contract):
    """Orders that were cancelled, and what of them was still to be paid."""

    order_no: m.Text = m.key(v.order_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    payable_amount: m.Money = m.column(v.payable_amount)
    cancelled_amount: m.Money = m.column(v.cancelled_amount, ge=0)
    currency: m.Text = m.column(v.currency)
    cancelled_at: m.Timestamp = m.column(v.cancelled_at)
    dt: m.Day = m.partition("Business date the order was cancelled")


dwd_cancellation = m.table(
    DwdCancellation,
    owner="team:trade",
    reads={
        "dwd_order": m.trailing(days=c.LATE_DAYS + 1),
        "dwd_payment": m.trailing(days=c.LATE_DAYS + 1),
    },
    sort_by=("order_no",),
    sql="""
        WITH cancelled AS (
            SELECT
                order_no,
                user_id,
                payable_amount,
                currency,
                cancelled_at,
                CASE
                    WHEN business_date(cancelled_at) > dt THEN business_date(cancelled_at)
                    ELSE dt
                END AS cancelled_date,
                dt
            FROM dwd_order
            WHERE cancelled_at IS NOT NULL
        ),
        cancellations AS (
            SELECT order_no, user_id, payable_amount, currency, cancelled_at, cancelled_date
            FROM cancelled
            WHERE cancelled_date >= :start
                AND cancelled_date < :end
                AND is_in_time(dt, cancelled_date)
            QUALIFY ROW_NUMBER() OVER (PARTITION BY order_no, cancelled_date ORDER BY dt DESC) = 1
        ),
        unpaid AS (
            SELECT
                c.order_no,
                c.user_id,
                c.payable_amount,
                c.currency,
                c.cancelled_at,
                c.cancelled_date,
                c.payable_amount - COALESCE(SUM(p.paid_amount), 0) AS unpaid_amount
            FROM cancellations AS c
            LEFT JOIN dwd_payment AS p
                ON p.order_no = c.order_no
                AND p.currency = c.currency
                AND p.paid_at <= c.cancelled_at
                AND is_in_time(p.dt, c.cancelled_date)
            GROUP BY
                c.order_no,
                c.user_id,
                c.payable_amount,
                c.currency,
                c.cancelled_at,
                c.cancelled_date
        )
        SELECT
            order_no,
            user_id,
            payable_amount,
            CASE WHEN unpaid_amount > 0 THEN unpaid_amount ELSE 0 END AS cancelled_amount,
            currency,
            cancelled_at,
            cancelled_date AS dt
        FROM unpaid
    """,
)
