"""One row per business date and currency: what was ordered and what was paid.

Orders count on the day they were placed, payments on the day they were captured, so a day may
have the one without the other. Cancelled orders are in every figure; their number is beside.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    by,
    column,
    key,
    must,
    partition,
    same_day,
    table,
)


class DwsFinancial1d(Contract):
    """The day's orders and payments in one currency."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = column("Orders placed", ge=0)
    cancelled_order_count: Integer = column("Orders placed that were cancelled", ge=0)
    buyer_count: Integer = column("Users who placed an order", ge=0)
    line_count: Integer = column("Number of order lines", ge=0)
    sold_quantity: Integer = column("Units ordered, over all lines", ge=0)
    goods_amount: Money = column("Price of the goods before discount")
    discount_amount: Money = column("Discount granted")
    shipping_amount: Money = column("Shipping charged")
    gmv_amount: Money = column("What buyers are to pay for the orders placed")
    payment_count: Integer = column("Payments captured", ge=0)
    paid_amount: Money = column("Money captured")
    dt: Day = partition("Business date of the orders placed and of the money captured")


dws_financial_1d = table(
    DwsFinancial1d,
    owner="team:finance",
    reads={"dwd_order": same_day(), "dwd_order_detail": same_day(), "dwd_payment": same_day()},
    freshness=by("05:00"),
    checks=[
        must("gmv_adds_up", "gmv_amount = goods_amount - discount_amount + shipping_amount"),
        must("counts_fit", "cancelled_order_count <= order_count AND buyer_count <= order_count"),
    ],
    sql="""
        WITH orders AS (
            SELECT
                dt,
                currency,
                COUNT(*) AS order_count,
                COUNT(CASE WHEN order_status = 'cancelled' THEN 1 END) AS cancelled_order_count,
                COUNT(DISTINCT user_id) AS buyer_count,
                SUM(goods_amount) AS goods_amount,
                SUM(discount_amount) AS discount_amount,
                SUM(shipping_amount) AS shipping_amount,
                SUM(payable_amount) AS gmv_amount
            FROM dwd_order
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        lines AS (
            SELECT dt, currency, COUNT(*) AS line_count, SUM(quantity) AS sold_quantity
            FROM dwd_order_detail
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        payments AS (
            SELECT dt, currency, COUNT(*) AS payment_count, SUM(paid_amount) AS paid_amount
            FROM dwd_payment
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, currency
        ),
        traded AS (
            SELECT dt, currency FROM orders
            UNION
            SELECT dt, currency FROM lines
            UNION
            SELECT dt, currency FROM payments
        )
        SELECT
            t.currency,
            COALESCE(o.order_count, 0) AS order_count,
            COALESCE(o.cancelled_order_count, 0) AS cancelled_order_count,
            COALESCE(o.buyer_count, 0) AS buyer_count,
            COALESCE(l.line_count, 0) AS line_count,
            COALESCE(l.sold_quantity, 0) AS sold_quantity,
            COALESCE(o.goods_amount, 0) AS goods_amount,
            COALESCE(o.discount_amount, 0) AS discount_amount,
            COALESCE(o.shipping_amount, 0) AS shipping_amount,
            COALESCE(o.gmv_amount, 0) AS gmv_amount,
            COALESCE(p.payment_count, 0) AS payment_count,
            COALESCE(p.paid_amount, 0) AS paid_amount,
            t.dt
        FROM traded AS t
        LEFT JOIN orders AS o ON o.dt = t.dt AND o.currency = t.currency
        LEFT JOIN lines AS l ON l.dt = t.dt AND l.currency = t.currency
        LEFT JOIN payments AS p ON p.dt = t.dt AND p.currency = t.currency
    """,
)
