"""One row per business date and currency: from what was ordered to what was paid.

The balances are taken order by order: what an order is worth, less what was paid for it and less
what of it was cancelled, up to that day. The movements are sums of the day's orders, payments
and cancellations, as dwd_financial has them. The bridge ties only where both ways agree: an order
that stands on two dates, for one, counts once in the balance and twice in the movements. Money
captured for an order that is not known yet, or in another currency, lowers the balance. What was
paid before an order was cancelled is not cancelled with it: it goes back as a refund.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsRevenueBridge(m.Contract):
    """Unpaid orders at the day's beginning and end, and what changed them."""

    currency: m.Text = m.key(v.currency)
    opening_amount: m.Money = m.column("Closing amount of the day before")
    ordered_amount: m.Money = m.column("What buyers are to pay for the orders placed that day")
    cancelled_amount: m.Money = m.column(v.cancelled_amount, ge=0)
    paid_amount: m.Money = m.column(v.paid_amount)
    closing_amount: m.Money = m.column(v.closing_amount)
    dt: m.Day = m.partition(v.dt_moved)


ads_revenue_bridge = m.table(
    AdsRevenueBridge,
    owner="team:finance",
    reads={"dwd_financial": m.history(), "dim_date": m.whole_table()},
    closes_with_books=True,
    checks=[
        m.check(
            "bridge_ties",
            "opening_amount + ordered_amount - cancelled_amount - paid_amount = closing_amount",
        )
    ],
    sql="""
        WITH order_events AS (
            SELECT
                order_no,
                currency,
                dt,
                CASE event_type WHEN 'order' THEN signed_amount ELSE 0 END AS ordered_amount,
                CASE event_type WHEN 'cancellation' THEN -signed_amount ELSE 0 END
                    AS cancelled_amount
            FROM dwd_financial
            WHERE event_type IN ('order', 'cancellation') AND dt < :end
        ),
        daily_payments AS (
            SELECT currency, dt, SUM(signed_amount) AS paid_amount
            FROM dwd_financial
            WHERE event_type = 'payment' AND dt < :end
            GROUP BY currency, dt
        ),
        repeated_orders AS (
            SELECT order_no, currency
            FROM dwd_financial
            WHERE event_type = 'order' AND dt < :end
            GROUP BY order_no, currency
            HAVING COUNT(*) > 1
        ),
        repeated_order_days AS (
            SELECT
                e.order_no,
                e.currency,
                e.dt,
                MAX(e.ordered_amount) AS ordered_amount,
                MAX(e.cancelled_amount) AS cancelled_amount
            FROM order_events AS e
            JOIN repeated_orders AS r ON r.order_no = e.order_no AND r.currency = e.currency
            GROUP BY e.order_no, e.currency, e.dt
        ),
        repeated_order_values AS (
            SELECT
                order_no,
                currency,
                dt,
                MAX(ordered_amount) OVER (PARTITION BY order_no, currency ORDER BY dt)
                - MAX(cancelled_amount) OVER (PARTITION BY order_no, currency ORDER BY dt)
                    AS order_value
            FROM repeated_order_days
        ),
        value_changes AS (
            SELECT e.currency, e.dt, e.ordered_amount - e.cancelled_amount AS change_amount
            FROM order_events AS e
            LEFT JOIN repeated_orders AS r ON r.order_no = e.order_no AND r.currency = e.currency
            WHERE r.order_no IS NULL
            UNION ALL
            SELECT
                currency,
                dt,
                order_value - COALESCE(
                    LAG(order_value) OVER (PARTITION BY order_no, currency ORDER BY dt), 0
                )
            FROM repeated_order_values
            UNION ALL
            SELECT currency, dt, -paid_amount FROM daily_payments
        ),
        daily_changes AS (
            SELECT currency, dt, SUM(change_amount) AS change_amount
            FROM value_changes
            GROUP BY currency, dt
        ),
        balances AS (
            SELECT d.dt, c.currency, SUM(c.change_amount) AS unpaid_amount
            FROM dim_date AS d
            JOIN daily_changes AS c ON c.dt <= d.dt
            WHERE d.dt >= :start - INTERVAL 1 DAY AND d.dt < :end
            GROUP BY d.dt, c.currency
            HAVING SUM(c.change_amount) <> 0
        ),
        parts AS (
            SELECT
                CAST(dt + INTERVAL 1 DAY AS DATE) AS dt,
                currency,
                unpaid_amount AS opening_amount,
                0 AS ordered_amount,
                0 AS cancelled_amount,
                0 AS paid_amount,
                0 AS closing_amount
            FROM balances
            UNION ALL
            SELECT dt, currency, 0, ordered_amount, cancelled_amount, 0, 0
            FROM order_events
            WHERE dt >= :start
            UNION ALL
            SELECT dt, currency, 0, 0, 0, paid_amount, 0
            FROM daily_payments
            WHERE dt >= :start
            UNION ALL
            SELECT dt, currency, 0, 0, 0, 0, unpaid_amount FROM balances
        )
        SELECT
            currency,
            SUM(opening_amount) AS opening_amount,
            SUM(ordered_amount) AS ordered_amount,
            SUM(cancelled_amount) AS cancelled_amount,
            SUM(paid_amount) AS paid_amount,
            SUM(closing_amount) AS closing_amount,
            dt
        FROM parts
        WHERE dt >= :start AND dt < :end
        GROUP BY currency, dt
    """,
)
