"""One row per SKU, business date and currency: what buyers ordered of it.

Cancelled orders are in every figure; their number is beside.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsSku1d(m.Contract):
    """A SKU's day in one currency."""

    sku_id: m.Integer = m.key(v.sku_id, references="dim_sku")
    currency: m.Text = m.key(v.currency)
    line_order_count: m.Integer = m.measure("line_order_count", ge=1)
    line_cancelled_order_count: m.Integer = m.measure("line_cancelled_order_count", ge=0)
    line_buyer_count: m.Integer = m.measure("line_buyer_count", ge=1)
    line_count: m.Integer = m.measure("line_count", ge=1)
    sold_quantity: m.Integer = m.measure("sold_quantity")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    shipping_amount: m.Money = m.measure("shipping_amount")
    gmv: m.Money = m.measure("gmv")
    dt: m.Day = m.partition(v.ordered_date)


dws_sku_1d = m.table(
    DwsSku1d,
    owner="team:product",
    reads={"dwd_order_detail": m.same_day()},
    sort_by=("sku_id",),
    checks=[v.line_counts_fit, v.gmv_adds_up],
    sql=m.metric_rollup(by=("sku_id", "currency")),
)
