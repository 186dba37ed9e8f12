"""One row per user, currency and day: what the user is worth, of 90 days and in all.

Users who neither ordered nor paid nor got money back in the 90 days up to the day have no row.
Cancelled orders count as orders; `net` is what was paid and not given back.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsUserValue(m.Contract):
    """Users' value in one currency."""

    user_id: m.Integer = m.key(v.user_id, references="dim_user")
    currency: m.Text = m.key(v.currency)
    last_90_days_order_count: m.Integer = m.column("Orders placed in the last 90 days", ge=0)
    last_90_days_paid_amount: m.Money = m.column("Money captured in the last 90 days")
    last_90_days_refund_amount: m.Money = m.column("Money given back in the last 90 days")
    last_90_days_net_amount: m.Money = m.column("Captured less given back in the last 90 days")
    lifetime_order_count: m.Integer = m.column("Orders placed in all", ge=0)
    lifetime_paid_amount: m.Money = m.column("Money captured in all")
    lifetime_refund_amount: m.Money = m.column("Money given back in all")
    lifetime_net_amount: m.Money = m.column("Captured less given back in all")
    last_ordered_date: m.Day = m.column("Business date of the user's last order", null=True)
    dt: m.Day = m.partition("Last of the business dates that are looked at: 90, or all")


ads_user_value = m.table(
    AdsUserValue,
    owner="team:user",
    reads={"dws_user_1d": m.history(), "dim_date": m.whole_table()},
    sort_by=("user_id",),
    checks=[
        m.check("ninety_days_are_of_all", "last_90_days_order_count <= lifetime_order_count"),
        m.check(
            "net_adds_up",
            "last_90_days_net_amount = last_90_days_paid_amount - last_90_days_refund_amount"
            " AND lifetime_net_amount = lifetime_paid_amount - lifetime_refund_amount",
            warn=True,
        ),
    ],
    sql="""
        WITH changes AS (
            SELECT
                user_id,
                currency,
                1 AS recent_day_count,
                order_count AS recent_order_count,
                paid_amount AS recent_paid_amount,
                refund_amount AS recent_refund_amount,
                net_revenue AS recent_net_amount,
                order_count,
                paid_amount,
                refund_amount,
                net_revenue AS net_amount,
                CASE WHEN order_count > 0 THEN dt END AS ordered_date,
                CASE WHEN dt > :start THEN dt ELSE :start END AS dt
            FROM dws_user_1d
            UNION ALL
            SELECT
                user_id, currency, -1, -order_count, -paid_amount, -refund_amount, -net_revenue,
                0, 0, 0, 0, NULL,
                CASE
                    WHEN dt + INTERVAL 90 DAY > :start THEN CAST(dt + INTERVAL 90 DAY AS DATE)
                    ELSE :start
                END
            FROM dws_user_1d
            WHERE dt + INTERVAL 90 DAY < :end
        ),
        user_days AS (
            SELECT
                user_id,
                currency,
                SUM(recent_day_count) AS recent_day_count,
                SUM(recent_order_count) AS recent_order_count,
                SUM(recent_paid_amount) AS recent_paid_amount,
                SUM(recent_refund_amount) AS recent_refund_amount,
                SUM(recent_net_amount) AS recent_net_amount,
                SUM(order_count) AS order_count,
                SUM(paid_amount) AS paid_amount,
                SUM(refund_amount) AS refund_amount,
                SUM(net_amount) AS net_amount,
                MAX(ordered_date) AS ordered_date,
                dt
            FROM changes
            GROUP BY user_id, currency, dt
        ),
        totals AS (
            SELECT
                user_id,
                currency,
                SUM(recent_day_count) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS recent_day_count,
                SUM(recent_order_count) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS recent_order_count,
                SUM(recent_paid_amount) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS recent_paid_amount,
                SUM(recent_refund_amount) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS recent_refund_amount,
                SUM(recent_net_amount) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS recent_net_amount,
                SUM(order_count) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS order_count,
                SUM(paid_amount) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS paid_amount,
                SUM(refund_amount) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS refund_amount,
                SUM(net_amount) OVER (PARTITION BY user_id, currency ORDER BY dt) AS net_amount,
                MAX(ordered_date) OVER (PARTITION BY user_id, currency ORDER BY dt)
                    AS last_ordered_date,
                dt AS first_date,
                COALESCE(LEAD(dt) OVER (PARTITION BY user_id, currency ORDER BY dt), :end)
                    AS next_date
            FROM user_days
        )
        SELECT
            t.user_id,
            t.currency,
            t.recent_order_count AS last_90_days_order_count,
            t.recent_paid_amount AS last_90_days_paid_amount,
            t.recent_refund_amount AS last_90_days_refund_amount,
            t.recent_net_amount AS last_90_days_net_amount,
            t.order_count AS lifetime_order_count,
            t.paid_amount AS lifetime_paid_amount,
            t.refund_amount AS lifetime_refund_amount,
            t.net_amount AS lifetime_net_amount,
            t.last_ordered_date,
            d.dt
        FROM dim_date AS d
        JOIN totals AS t ON t.first_date <= d.dt AND t.next_date > d.dt
        WHERE d.dt >= :start AND d.dt < :end AND t.recent_day_count > 0
    """,
)
