"""One row per business date and currency: everything finance reads of a day, side by side.

Each figure counts on the day of its own event: orders when placed, money when captured or given
back, lines when settled.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DmFinance(m.Contract):
    """The platform's day in one currency."""

    currency: m.Text = m.key(v.currency)
    order_count: m.Integer = m.measure("order_count")
    cancelled_order_count: m.Integer = m.measure("cancelled_order_count")
    buyer_count: m.Integer = m.measure("buyer_count")
    repeat_buyer_count: m.Integer = m.measure("repeat_buyer_count")
    repeat_rate: m.Rate = m.measure("repeat_rate")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    discount_rate: m.Rate = m.measure("discount_rate")
    shipping_amount: m.Money = m.measure("shipping_amount")
    gmv: m.Money = m.measure("gmv")
    average_order_value: m.Money = m.measure("average_order_value")
    coupon_cost: m.Money = m.measure("coupon_cost")
    payment_count: m.Integer = m.measure("payment_count")
    paid_amount: m.Money = m.measure("paid_amount")
    refund_count: m.Integer = m.measure("refund_count")
    refund_amount: m.Money = m.measure("refund_amount")
    refund_rate: m.Rate = m.measure("refund_rate")
    settled_amount: m.Money = m.measure("settled_amount")
    commission: m.Money = m.measure("commission")
    take_rate: m.Rate = m.measure("take_rate")
    platform_subsidy: m.Money = m.measure("platform_subsidy")
    seller_payable: m.Money = m.measure("seller_payable")
    channel_fee: m.Money = m.measure("channel_fee")
    net_revenue: m.Money = m.measure("net_revenue")
    platform_margin: m.Money = m.measure("platform_margin")
    invoice_amount: m.Money = m.measure("invoice_amount")
    closing_amount: m.Money = m.column(v.closing_amount, null=True)
    dt: m.Day = m.partition(v.dt_events)


dm_finance = m.table(
    DmFinance,
    owner="team:finance",
    reads={"dws_financial_1d": m.same_day(), "ads_revenue_bridge": m.same_day()},
    closes_with_books=True,
    sql=m.select_from(
        "dws_financial_1d",
        columns={
            "repeat_rate": "MEASURE(dws_financial_1d.repeat_rate)",
            "discount_rate": "MEASURE(dws_financial_1d.discount_rate)",
            "average_order_value": "MEASURE(dws_financial_1d.average_order_value)",
            "refund_rate": "MEASURE(dws_financial_1d.refund_rate)",
            "take_rate": "MEASURE(dws_financial_1d.take_rate)",
            "closing_amount": "ads_revenue_bridge.closing_amount",
        },
        join="""
            LEFT JOIN ads_revenue_bridge
                ON ads_revenue_bridge.dt = dws_financial_1d.dt
                AND ads_revenue_bridge.currency = dws_financial_1d.currency
        """,
    ),
)
