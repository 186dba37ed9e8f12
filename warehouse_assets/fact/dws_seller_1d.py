"""One row per seller, business date and currency: what buyers ordered, what was settled.

Orders count on the day they were placed, settled lines on the day of the settlement. Cancelled
orders are in every figure of what was ordered; their number is beside.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsSeller1d(m.Contract):
    """A seller's day in one currency."""

    seller_id: m.Integer = m.key(v.seller_id, references="dim_seller")
    currency: m.Text = m.key(v.currency)
    line_order_count: m.Integer = m.measure("line_order_count", ge=0)
    line_cancelled_order_count: m.Integer = m.measure("line_cancelled_order_count", ge=0)
    line_buyer_count: m.Integer = m.measure("line_buyer_count", ge=0)
    line_count: m.Integer = m.measure("line_count", ge=0)
    sold_quantity: m.Integer = m.measure("sold_quantity")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    shipping_amount: m.Money = m.measure("shipping_amount")
    gmv: m.Money = m.measure("gmv")
    settled_line_count: m.Integer = m.measure("settled_line_count", ge=0)
    settled_amount: m.Money = m.measure("settled_amount")
    commission: m.Money = m.measure("commission")
    platform_subsidy: m.Money = m.measure("platform_subsidy")
    seller_payable: m.Money = m.measure("seller_payable")
    dt: m.Day = m.partition(v.dt_ordered_or_settled)


dws_seller_1d = m.table(
    DwsSeller1d,
    owner="team:merchant",
    reads={"dwd_order_detail": m.same_day(), "dwd_settlement_item": m.same_day()},
    sort_by=("seller_id",),
    checks=[v.line_counts_fit, v.gmv_adds_up],
    sql=m.metric_rollup(by=("seller_id", "currency")),
)
