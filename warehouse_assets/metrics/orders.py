"""What is ordered: counted by orders as a whole, priced by their lines.

Cancelled orders are in every figure that does not say otherwise. Counted by the paid or shipped
date, lines of orders that were not paid or shipped are in none.
"""

from functools import partial

from warehouse_assets import modeling as m

_of_orders = partial(
    m.metric, over="dwd_order", unit="count", dates={"ordered": "dt"}, owner="team:trade"
)
_of_lines = partial(
    m.metric,
    over="dwd_order_detail",
    dates={"ordered": "dt", "paid": "paid_date", "shipped": "shipped_date"},
    owner="team:trade",
)
# An order has lines of several sellers, SKUs and categories: there it would count several times.
_of_orders_of_lines = partial(
    _of_lines,
    unit="count",
    additivity="semi-additive",
    not_over=("seller_id", "sku_id", "category_id"),
)

order_count = _of_orders("Orders placed", "COUNT(*)")

cancelled_order_count = _of_orders(
    "Orders placed that were cancelled", "COUNT(CASE WHEN order_status = 'cancelled' THEN 1 END)"
)

gmv = _of_lines(
    "Gross merchandise value: what buyers are to pay for the lines ordered, tax and shipping "
    "included, discounts taken off; cancelled orders are in it",
    "SUM(pay_amount)",
    unit="money",
)

goods_amount = _of_lines(
    "Price of the goods before discount, tax included and shipping not",
    "SUM(original_amount)",
    unit="money",
)

discount_amount = _of_lines(
    "Discount granted, coupons and points included; not negative",
    "SUM(discount_amount)",
    unit="money",
)

shipping_amount = _of_lines("Shipping charged to the buyer", "SUM(shipping_amount)", unit="money")

line_count = _of_lines("Number of order lines", "COUNT(*)", unit="count")

sold_quantity = _of_lines("Units ordered, over all lines", "SUM(quantity)", unit="quantity")

line_order_count = _of_orders_of_lines("Orders with a line among these", "COUNT(DISTINCT order_no)")

line_cancelled_order_count = _of_orders_of_lines(
    "Cancelled orders with a line among these",
    "COUNT(DISTINCT CASE WHEN order_status = 'cancelled' THEN order_no END)",
)

line_buyer_count = _of_lines(
    "Users who ordered a line among these",
    "COUNT(DISTINCT user_id)",
    unit="count",
    additivity="non-additive",
    owner="team:user",
)

average_order_value = m.ratio(
    "Gross merchandise value divided by the orders placed, to the cent",
    part="gmv",
    whole="order_count",
    unit="money",
    owner="team:trade",
)

discount_rate = m.ratio(
    "Discount as a share of the price of the goods before discount",
    part="discount_amount",
    whole="goods_amount",
    owner="team:marketing",
)
