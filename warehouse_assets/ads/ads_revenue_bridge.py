"""One row per business date and currency: from what was ordered to what was paid.

The balances are taken order by order: what an order is worth, less what was paid for it and less
what of it was cancelled, up to that day. The movements are sums of the day's orders, payments
and cancellations. The bridge ties only where both ways agree: an order that stands on two dates,
for one, counts once in the balance and twice in the movements. Money captured for an order that
is not known yet, or in another currency, lowers the balance. What was paid before an order was
cancelled is not cancelled with it: it goes back as a refund.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Money,
    Text,
    by,
    column,
    history,
    key,
    must,
    partition,
    table,
    whole_table,
)


class AdsRevenueBridge(Contract):
    """Unpaid orders at the day's beginning and end, and what changed them."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    opening_amount: Money = column("Unpaid of all orders at the end of the day before")
    ordered_amount: Money = column("What buyers are to pay for the orders placed that day")
    cancelled_amount: Money = column("Unpaid rest of the orders cancelled that day", ge=0)
    paid_amount: Money = column("Money captured")
    closing_amount: Money = column("Unpaid of all orders at the end of the day")
    dt: Day = partition("Business date of the movements")


ads_revenue_bridge = table(
    AdsRevenueBridge,
    owner="team:finance",
    reads={"dwd_order": history(), "dwd_payment": history(), "dim_date": whole_table()},
    freshness=by("06:00"),
    checks=[
        must(
            "bridge_ties",
            "opening_amount + ordered_amount - cancelled_amount - paid_amount = closing_amount",
        )
    ],
    sql="""
        WITH cancelled_orders AS (
            SELECT
                order_no,
                currency,
                payable_amount,
                cancelled_at,
                dt AS ordered_date,
                CASE
                    WHEN business_date(cancelled_at) > dt THEN business_date(cancelled_at)
                    ELSE dt
                END AS cancelled_date
            FROM dwd_order
            WHERE dt < :end AND cancelled_at IS NOT NULL
        ),
        cancellations AS (
            SELECT
                c.order_no,
                c.currency,
                c.cancelled_date,
                CASE
                    WHEN c.payable_amount > COALESCE(SUM(p.paid_amount), 0)
                        THEN c.payable_amount - COALESCE(SUM(p.paid_amount), 0)
                    ELSE 0
                END AS cancelled_amount
            FROM cancelled_orders AS c
            LEFT JOIN dwd_payment AS p
                ON p.order_no = c.order_no
                AND p.currency = c.currency
                AND p.paid_at <= c.cancelled_at
            WHERE c.cancelled_date < :end
            GROUP BY c.order_no, c.currency, c.payable_amount, c.ordered_date, c.cancelled_date
        ),
        events AS (
            SELECT
                order_no,
                currency,
                dt,
                payable_amount AS ordered_amount,
                0 AS cancelled_amount,
                0 AS paid_amount
            FROM dwd_order
            WHERE dt < :end
            UNION ALL
            SELECT order_no, currency, cancelled_date, 0, cancelled_amount, 0 FROM cancellations
            UNION ALL
            SELECT order_no, currency, dt, 0, 0, paid_amount FROM dwd_payment WHERE dt < :end
        ),
        order_days AS (
            SELECT
                order_no,
                currency,
                dt,
                MAX(ordered_amount) AS payable_amount,
                MAX(cancelled_amount) AS cancelled_amount,
                SUM(paid_amount) AS paid_amount
            FROM events
            GROUP BY order_no, currency, dt
        ),
        order_balances AS (
            SELECT
                currency,
                MAX(payable_amount) OVER (PARTITION BY order_no, currency ORDER BY dt)
                - MAX(cancelled_amount) OVER (PARTITION BY order_no, currency ORDER BY dt)
                - SUM(paid_amount) OVER (PARTITION BY order_no, currency ORDER BY dt)
                    AS unpaid_amount,
                dt AS first_date,
                COALESCE(LEAD(dt) OVER (PARTITION BY order_no, currency ORDER BY dt), :end)
                    AS next_date
            FROM order_days
        ),
        balances AS (
            SELECT d.dt, b.currency, SUM(b.unpaid_amount) AS unpaid_amount
            FROM dim_date AS d
            JOIN order_balances AS b ON b.first_date <= d.dt AND b.next_date > d.dt
            WHERE d.dt >= :start - INTERVAL 1 DAY AND d.dt < :end AND b.unpaid_amount <> 0
            GROUP BY d.dt, b.currency
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
            SELECT dt, currency, 0, ordered_amount, cancelled_amount, paid_amount, 0 FROM events
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
