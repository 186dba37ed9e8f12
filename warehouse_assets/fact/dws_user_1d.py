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
    must,
    partition,
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
    sql="""
        WITH orders AS (
            SELECT
                dt,
                user_id,
                currency,
                MEASURE(order_count) AS order_count,
                MEASURE(cancelled_order_count) AS cancelled_order_count
            FROM dwd_order
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, user_id, currency
        ),
        lines AS (
            SELECT
                dt,
                user_id,
                currency,
                MEASURE(sold_quantity) AS sold_quantity,
                MEASURE(goods_amount) AS goods_amount,
                MEASURE(discount_amount) AS discount_amount,
                MEASURE(gmv) AS gmv
            FROM dwd_order_detail
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, user_id, currency
        ),
        payments AS (
            SELECT
                dt,
                user_id,
                currency,
                MEASURE(payment_count) AS payment_count,
                MEASURE(paid_amount) AS paid_amount
            FROM dwd_payment
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, user_id, currency
        ),
        refunds AS (
            SELECT
                dt,
                user_id,
                currency,
                MEASURE(refund_count) AS refund_count,
                MEASURE(refund_amount) AS refund_amount
            FROM dwd_refund
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, user_id, currency
        ),
        nets AS (
            SELECT dt, user_id, currency, MEASURE(net_revenue) AS net_revenue
            FROM dwd_financial
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, user_id, currency
        ),
        traded AS (
            SELECT dt, user_id, currency FROM orders
            UNION
            SELECT dt, user_id, currency FROM lines
            UNION
            SELECT dt, user_id, currency FROM payments
            UNION
            SELECT dt, user_id, currency FROM refunds
        )
        SELECT
            t.user_id,
            t.currency,
            COALESCE(o.order_count, 0) AS order_count,
            COALESCE(o.cancelled_order_count, 0) AS cancelled_order_count,
            COALESCE(l.sold_quantity, 0) AS sold_quantity,
            COALESCE(l.goods_amount, 0) AS goods_amount,
            COALESCE(l.discount_amount, 0) AS discount_amount,
            COALESCE(l.gmv, 0) AS gmv,
            COALESCE(p.payment_count, 0) AS payment_count,
            COALESCE(p.paid_amount, 0) AS paid_amount,
            COALESCE(r.refund_count, 0) AS refund_count,
            COALESCE(r.refund_amount, 0) AS refund_amount,
            COALESCE(n.net_revenue, 0) AS net_revenue,
            COALESCE(o.order_count, 0) > 0 AND recent.user_id IS NOT NULL AS is_repeat_buyer,
            t.dt
        FROM traded AS t
        LEFT JOIN orders AS o
            ON o.dt = t.dt AND o.user_id = t.user_id AND o.currency = t.currency
        LEFT JOIN lines AS l ON l.dt = t.dt AND l.user_id = t.user_id AND l.currency = t.currency
        LEFT JOIN payments AS p
            ON p.dt = t.dt AND p.user_id = t.user_id AND p.currency = t.currency
        LEFT JOIN refunds AS r
            ON r.dt = t.dt AND r.user_id = t.user_id AND r.currency = t.currency
        LEFT JOIN nets AS n ON n.dt = t.dt AND n.user_id = t.user_id AND n.currency = t.currency
        LEFT JOIN dws_user_recent_orders AS recent
            ON recent.user_id = t.user_id
            AND recent.currency = t.currency
            AND recent.dt = t.dt - INTERVAL 1 DAY
    """,
)
