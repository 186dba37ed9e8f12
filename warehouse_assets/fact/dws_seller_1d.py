"""One row per seller, business date and currency: what buyers ordered from the seller.

Cancelled orders are in every figure; their number is beside.
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


class DwsSeller1d(Contract):
    """A seller's day in one currency."""

    seller_id: Integer = key("Seller: the merchant who is settled", references="dim_seller")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = column("Orders placed", ge=1)
    cancelled_order_count: Integer = column("Orders placed that were cancelled", ge=0)
    buyer_count: Integer = column("Users who placed an order", ge=1)
    line_count: Integer = column("Number of order lines", ge=1)
    sold_quantity: Integer = column("Units ordered, over all lines", ge=0)
    original_amount: Money = column("Unit price x quantity")
    discount_amount: Money = column("Discount granted")
    shipping_amount: Money = column("Shipping charged")
    pay_amount: Money = column("What buyers are to pay for the lines")
    dt: Day = partition("Business date the orders were placed")


dws_seller_1d = table(
    DwsSeller1d,
    owner="team:merchant",
    reads={"dwd_order_detail": same_day()},
    freshness=by("05:00"),
    sort_by=("seller_id",),
    checks=[
        must("pay_adds_up", "pay_amount = original_amount - discount_amount + shipping_amount"),
        must("counts_fit", "cancelled_order_count <= order_count AND order_count <= line_count"),
    ],
    sql="""
        SELECT
            seller_id,
            currency,
            COUNT(DISTINCT order_no) AS order_count,
            COUNT(DISTINCT CASE WHEN order_status = 'cancelled' THEN order_no END)
                AS cancelled_order_count,
            COUNT(DISTINCT user_id) AS buyer_count,
            COUNT(*) AS line_count,
            SUM(quantity) AS sold_quantity,
            SUM(original_amount) AS original_amount,
            SUM(discount_amount) AS discount_amount,
            SUM(shipping_amount) AS shipping_amount,
            SUM(pay_amount) AS pay_amount,
            dt
        FROM dwd_order_detail
        WHERE dt >= :start AND dt < :end
        GROUP BY seller_id, currency, dt
    """,
)
