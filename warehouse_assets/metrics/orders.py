"""What is ordered: counted by orders as a whole, priced by their lines.

Cancelled orders are in every figure that does not say otherwise. Counted by the paid or shipped
date, lines of orders that were not paid or shipped are in none.
"""

from warehouse_assets.modeling import metric, ratio

_DATES = {"ordered": "dt", "paid": "paid_date", "shipped": "shipped_date"}
"""The days that order lines are counted by."""

order_count = metric(
    "Orders placed",
    "COUNT(*)",
    over="dwd_order",
    unit="count",
    dates={"ordered": "dt"},
    owner="team:trade",
)

cancelled_order_count = metric(
    "Orders placed that were cancelled",
    "COUNT(CASE WHEN order_status = 'cancelled' THEN 1 END)",
    over="dwd_order",
    unit="count",
    dates={"ordered": "dt"},
    owner="team:trade",
)

gmv = metric(
    "Gross merchandise value: what buyers are to pay for the lines ordered",
    "SUM(pay_amount)",
    over="dwd_order_detail",
    unit="money",
    dates=_DATES,
    owner="team:trade",
)

goods_amount = metric(
    "Price of the goods before discount",
    "SUM(original_amount)",
    over="dwd_order_detail",
    unit="money",
    dates=_DATES,
    owner="team:trade",
)

discount_amount = metric(
    "Discount granted",
    "SUM(discount_amount)",
    over="dwd_order_detail",
    unit="money",
    dates=_DATES,
    owner="team:trade",
)

shipping_amount = metric(
    "Shipping charged",
    "SUM(shipping_amount)",
    over="dwd_order_detail",
    unit="money",
    dates=_DATES,
    owner="team:trade",
)

line_count = metric(
    "Number of order lines",
    "COUNT(*)",
    over="dwd_order_detail",
    unit="count",
    dates=_DATES,
    owner="team:trade",
)

sold_quantity = metric(
    "Units ordered, over all lines",
    "SUM(quantity)",
    over="dwd_order_detail",
    unit="quantity",
    dates=_DATES,
    owner="team:trade",
)

line_order_count = metric(
    "Orders with a line among these",
    "COUNT(DISTINCT order_no)",
    over="dwd_order_detail",
    unit="count",
    additivity="semi-additive",
    not_over=("seller_id", "sku_id", "category_id"),
    dates=_DATES,
    owner="team:trade",
)

line_cancelled_order_count = metric(
    "Cancelled orders with a line among these",
    "COUNT(DISTINCT CASE WHEN order_status = 'cancelled' THEN order_no END)",
    over="dwd_order_detail",
    unit="count",
    additivity="semi-additive",
    not_over=("seller_id", "sku_id", "category_id"),
    dates=_DATES,
    owner="team:trade",
)

line_buyer_count = metric(
    "Users who ordered a line among these",
    "COUNT(DISTINCT user_id)",
    over="dwd_order_detail",
    unit="count",
    additivity="non-additive",
    dates=_DATES,
    owner="team:user",
)

average_order_value = ratio(
    "Gross merchandise value an order, to the cent",
    part="gmv",
    whole="order_count",
    unit="money",
    owner="team:trade",
)

discount_rate = ratio(
    "Discount as a share of the goods' price",
    part="discount_amount",
    whole="goods_amount",
    owner="team:marketing",
)
