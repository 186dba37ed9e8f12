"""What leaves the warehouses and what stays in them."""

from warehouse_assets import modeling as m

shipped_quantity = m.metric(
    "Units sent to the buyer",
    "SUM(shipped_quantity)",
    over="dwd_shipment",
    unit="quantity",
    dates={"shipped": "dt"},
    owner="team:logistics",
)

stock_quantity = m.metric(
    "Units in stock at the end of the day",
    "SUM(closing_quantity)",
    over="dwd_inventory",
    unit="quantity",
    additivity="semi-additive",
    dates={"level": "dt"},
    owner="team:logistics",
)
