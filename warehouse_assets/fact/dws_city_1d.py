"""One row per city, business date and currency: what its users ordered and paid.

Users are where they were at the end of that day; those whose city nobody knows are under
`unknown`. Cancelled orders are in every figure; their number is beside.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    as_of_day,
    by,
    key,
    measure,
    must,
    partition,
    same_day,
    served,
    should,
    table,
)


class DwsCity1d(Contract):
    """A city's day in one currency."""

    city: Text = key("City of the user, or of the seller where the row is about one")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count", ge=0)
    cancelled_order_count: Integer = measure("cancelled_order_count", ge=0)
    buyer_count: Integer = measure("buyer_count", ge=0)
    line_count: Integer = measure("line_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    dt: Day = partition("Business date of the orders placed and of the money captured")


dws_city_1d = table(
    DwsCity1d,
    owner="team:trade",
    reads={
        "dwd_order": same_day(),
        "dwd_order_detail": same_day(),
        "dwd_payment": same_day(),
        "dim_user": as_of_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    checks=[
        must("counts_fit", "cancelled_order_count <= order_count AND buyer_count <= order_count"),
        should(
            "gmv_adds_up", "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)"
        ),
    ],
    sql="""
        WITH orders AS (
            SELECT
                o.dt,
                COALESCE(u.city, 'unknown') AS city,
                o.currency,
                MEASURE(order_count) AS order_count,
                MEASURE(cancelled_order_count) AS cancelled_order_count,
                MEASURE(buyer_count) AS buyer_count
            FROM dwd_order AS o
            LEFT JOIN dim_user AS u ON u.user_id = o.user_id AND u.dt = o.dt
            WHERE o.dt >= :start AND o.dt < :end
            GROUP BY o.dt, COALESCE(u.city, 'unknown'), o.currency
        ),
        lines AS (
            SELECT
                dt,
                COALESCE(city, 'unknown') AS city,
                currency,
                MEASURE(line_count) AS line_count,
                MEASURE(sold_quantity) AS sold_quantity,
                MEASURE(goods_amount) AS goods_amount,
                MEASURE(discount_amount) AS discount_amount,
                MEASURE(shipping_amount) AS shipping_amount,
                MEASURE(gmv) AS gmv
            FROM dwd_order_detail
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, COALESCE(city, 'unknown'), currency
        ),
        payments AS (
            SELECT
                p.dt,
                COALESCE(u.city, 'unknown') AS city,
                p.currency,
                MEASURE(payment_count) AS payment_count,
                MEASURE(paid_amount) AS paid_amount
            FROM dwd_payment AS p
            LEFT JOIN dim_user AS u ON u.user_id = p.user_id AND u.dt = p.dt
            WHERE p.dt >= :start AND p.dt < :end
            GROUP BY p.dt, COALESCE(u.city, 'unknown'), p.currency
        ),
        traded AS (
            SELECT dt, city, currency FROM orders
            UNION
            SELECT dt, city, currency FROM lines
            UNION
            SELECT dt, city, currency FROM payments
        )
        SELECT
            t.city,
            t.currency,
            COALESCE(o.order_count, 0) AS order_count,
            COALESCE(o.cancelled_order_count, 0) AS cancelled_order_count,
            COALESCE(o.buyer_count, 0) AS buyer_count,
            COALESCE(l.line_count, 0) AS line_count,
            COALESCE(l.sold_quantity, 0) AS sold_quantity,
            COALESCE(l.goods_amount, 0) AS goods_amount,
            COALESCE(l.discount_amount, 0) AS discount_amount,
            COALESCE(l.shipping_amount, 0) AS shipping_amount,
            COALESCE(l.gmv, 0) AS gmv,
            COALESCE(p.payment_count, 0) AS payment_count,
            COALESCE(p.paid_amount, 0) AS paid_amount,
            t.dt
        FROM traded AS t
        LEFT JOIN orders AS o ON o.dt = t.dt AND o.city = t.city AND o.currency = t.currency
        LEFT JOIN lines AS l ON l.dt = t.dt AND l.city = t.city AND l.currency = t.currency
        LEFT JOIN payments AS p ON p.dt = t.dt AND p.city = t.city AND p.currency = t.currency
    """,
)
