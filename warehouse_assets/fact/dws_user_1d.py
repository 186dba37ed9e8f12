"""One row per user, business date and currency: what the user ordered, paid and got back.

Users who did none of it have no row.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Flag,
    Integer,
    Money,
    Text,
    by,
    column,
    key,
    measure,
    metric_rollup,
    must,
    partition,
    rollup_source,
    same_day,
    served,
    table,
    trailing,
)


class DwsUser1d(Contract):
    """A user's day in one currency."""

    user_id: Integer = key(
        "User; where the row is about an order, its buyer", references="dim_user"
    )
    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count", ge=0)
    cancelled_order_count: Integer = measure("cancelled_order_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    gmv: Money = measure("gmv")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    refund_count: Integer = measure("refund_count", ge=0)
    refund_amount: Money = measure("refund_amount")
    net_revenue: Money = measure("net_revenue")
    is_repeat_buyer: Flag = column(
        "Whether the user placed an order and had another, not cancelled, in the 30 days before"
    )
    dt: Day = partition("Business date of the orders placed, the money captured and given back")


dws_user_1d = table(
    DwsUser1d,
    owner="team:user",
    reads={
        "dwd_order": same_day(),
        "dwd_order_detail": same_day(),
        "dwd_payment": same_day(),
        "dwd_refund": same_day(),
        "dwd_financial": same_day(),
        "dws_user_recent_orders": trailing(days=2),
    },
    freshness=by("05:00"),
    serving=served(),
    sort_by=("user_id",),
    checks=[must("counts_fit", "cancelled_order_count <= order_count")],
    sql=metric_rollup(
        by=("user_id", "currency"),
        sources={"dwd_financial": rollup_source(adds_rows=False)},
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
