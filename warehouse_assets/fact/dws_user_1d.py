"""One row per user, business date and currency: what the user ordered, paid and got back.

Users who did none of it have no row.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsUser1d(m.Contract):
    """A user's day in one currency."""

    user_id: m.Integer = m.key(v.user_id, references="dim_user")
    currency: m.Text = m.key(v.currency)
    order_count: m.Integer = m.measure("order_count", ge=0)
    cancelled_order_count: m.Integer = m.measure("cancelled_order_count", ge=0)
    sold_quantity: m.Integer = m.measure("sold_quantity")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    gmv: m.Money = m.measure("gmv")
    payment_count: m.Integer = m.measure("payment_count", ge=0)
    paid_amount: m.Money = m.measure("paid_amount")
    refund_count: m.Integer = m.measure("refund_count", ge=0)
    refund_amount: m.Money = m.measure("refund_amount")
    net_revenue: m.Money = m.measure("net_revenue")
    is_repeat_buyer: m.Flag = m.column(
        "Whether the user placed an order and had another, not cancelled, in the 30 days before"
    )
    dt: m.Day = m.partition(v.dt_events)


dws_user_1d = m.table(
    DwsUser1d,
    owner="team:user",
    reads={
        "dwd_order": m.same_day(),
        "dwd_order_detail": m.same_day(),
        "dwd_payment": m.same_day(),
        "dwd_refund": m.same_day(),
        "dwd_financial": m.same_day(),
        "dws_user_recent_orders": m.trailing(days=2),
    },
    sort_by=("user_id",),
    checks=[m.check("counts_fit", "cancelled_order_count <= order_count")],
    sql=m.metric_rollup(
        by=("user_id", "currency"),
        sources={"dwd_financial": m.rollup_source(adds_rows=False)},
        columns={
            "is_repeat_buyer": "COALESCE(dwd_order_metrics.order_count, 0) > 0 "
            "AND dws_user_recent_orders.user_id IS NOT NULL"
        },
        join="""
            LEFT JOIN dws_user_recent_orders
                ON dws_user_recent_orders.user_id = spine.user_id
                AND dws_user_recent_orders.currency = spine.currency
                AND dws_user_recent_orders.dt = spine.dt - INTERVAL 1 DAY
        """,
    ),
)
