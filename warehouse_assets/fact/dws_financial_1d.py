"""One row per business date and currency: what was ordered, paid, given back and settled.

Each figure counts on the day of its own event, so a day may have the one without the other.
Cancelled orders are in every figure of what was ordered; their number is beside.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsFinancial1d(m.Contract):
    """The platform's day in one currency."""

    currency: m.Text = m.key(v.currency)
    order_count: m.Integer = m.measure("order_count", ge=0)
    cancelled_order_count: m.Integer = m.measure("cancelled_order_count", ge=0)
    buyer_count: m.Integer = m.measure("buyer_count", ge=0)
    repeat_buyer_count: m.Integer = m.measure("repeat_buyer_count", ge=0)
    line_count: m.Integer = m.measure("line_count", ge=0)
    sold_quantity: m.Integer = m.measure("sold_quantity")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    shipping_amount: m.Money = m.measure("shipping_amount")
    gmv: m.Money = m.measure("gmv")
    payment_count: m.Integer = m.measure("payment_count", ge=0)
    paid_amount: m.Money = m.measure("paid_amount")
    refund_count: m.Integer = m.measure("refund_count", ge=0)
    refund_amount: m.Money = m.measure("refund_amount")
    coupon_cost: m.Money = m.measure("coupon_cost")
    settled_line_count: m.Integer = m.measure("settled_line_count", ge=0)
    settled_amount: m.Money = m.measure("settled_amount")
    commission: m.Money = m.measure("commission")
    platform_subsidy: m.Money = m.measure("platform_subsidy")
    seller_payable: m.Money = m.measure("seller_payable")
    channel_fee: m.Money = m.measure("channel_fee")
    net_revenue: m.Money = m.measure("net_revenue")
    platform_margin: m.Money = m.measure("platform_margin")
    invoice_amount: m.Money = m.measure("invoice_amount")
    dt: m.Day = m.partition(v.dt_events)


dws_financial_1d = m.table(
    DwsFinancial1d,
    owner="team:finance",
    reads={
        "dwd_order": m.same_day(),
        "dws_user_1d": m.same_day(),
        "dwd_order_detail": m.same_day(),
        "dwd_payment": m.same_day(),
        "dwd_refund": m.same_day(),
        "dwd_coupon_use": m.same_day(),
        "dwd_settlement_item": m.same_day(),
        "dwd_channel_bill": m.same_day(),
        "dwd_financial": m.same_day(),
        "dwd_invoice": m.same_day(),
    },
    checks=[
        v.counts_fit,
        m.check("repeat_buyers_buy", "repeat_buyer_count <= buyer_count"),
        v.gmv_adds_up,
    ],
    sql=m.metric_rollup(by=("currency",)),
)
