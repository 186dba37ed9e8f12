"""One row per user, currency and day, of users with an order in the 30 days up to that day.

The mean is over the user's last three orders of these days. Cancelled orders do not count.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsUserRecentOrders(m.Contract):
    """A user's recent buying in one currency."""

    user_id: m.Integer = m.key(v.user_id, references="dim_user")
    currency: m.Text = m.key(v.currency)
    recent_order_count: m.Integer = m.column("Orders in the mean: three at most", ge=1, le=3)
    recent_mean_amount: m.Money = m.column("Mean of what the user is to pay for these orders", ge=0)
    last_ordered_at: m.Timestamp = m.column("When the latest of these orders was placed")
    dt: m.Day = m.partition(v.dt_last_of_30)


dws_user_recent_orders = m.table(
    DwsUserRecentOrders,
    owner="team:user",
    reads={"dwd_order": m.trailing(days=30), "dim_date": m.whole_table()},
    sort_by=("user_id",),
    sql="""
        WITH recent AS (
            SELECT d.dt, o.user_id, o.currency, o.payable_amount, o.ordered_at
            FROM dim_date AS d
            JOIN dwd_order AS o ON o.dt <= d.dt AND o.dt > d.dt - INTERVAL 30 DAY
            WHERE d.dt >= :start AND d.dt < :end AND o.order_status <> 'cancelled'
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY d.dt, o.user_id, o.currency
                ORDER BY o.ordered_at DESC, o.order_no DESC
            ) <= 3
        )
        SELECT
            user_id,
            currency,
            COUNT(*) AS recent_order_count,
            divide_money(SUM(payable_amount), COUNT(*)) AS recent_mean_amount,
            MAX(ordered_at) AS last_ordered_at,
            dt
        FROM recent
        GROUP BY user_id, currency, dt
    """,
)
