"""One row per business date and currency: everything finance reads of a day, side by side.

Each figure counts on the day of its own event: orders when placed, money when captured or given
back, lines when settled.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Rate,
    Text,
    by,
    column,
    key,
    measure,
    partition,
    same_day,
    served,
    table,
)


class DmFinance(Contract):
    """The platform's day in one currency."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count")
    cancelled_order_count: Integer = measure("cancelled_order_count")
    buyer_count: Integer = measure("buyer_count")
    repeat_buyer_count: Integer = measure("repeat_buyer_count")
    repeat_rate: Rate = measure("repeat_rate")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    discount_rate: Rate = measure("discount_rate")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    average_order_value: Money = measure("average_order_value")
    coupon_cost: Money = measure("coupon_cost")
    payment_count: Integer = measure("payment_count")
    paid_amount: Money = measure("paid_amount")
    refund_count: Integer = measure("refund_count")
    refund_amount: Money = measure("refund_amount")
    refund_rate: Rate = measure("refund_rate")
    settled_amount: Money = measure("settled_amount")
    commission: Money = measure("commission")
    take_rate: Rate = measure("take_rate")
    platform_subsidy: Money = measure("platform_subsidy")
    seller_payable: Money = measure("seller_payable")
    channel_fee: Money = measure("channel_fee")
    net_revenue: Money = measure("net_revenue")
    platform_margin: Money = measure("platform_margin")
    invoice_amount: Money = measure("invoice_amount")
    closing_amount: Money = column("Unpaid of all orders at the end of the day", null=True)
    dt: Day = partition("Business date of the events")


dm_finance = table(
    DmFinance,
    owner="team:finance",
    reads={"dws_financial_1d": same_day(), "ads_revenue_bridge": same_day()},
    freshness=by("06:00"),
    serving=served(),
    sql="""
        SELECT
            f.currency,
            f.order_count,
            f.cancelled_order_count,
            f.buyer_count,
            f.repeat_buyer_count,
            MEASURE(f.repeat_rate) AS repeat_rate,
            f.goods_amount,
            f.discount_amount,
            MEASURE(f.discount_rate) AS discount_rate,
            f.shipping_amount,
            f.gmv,
            MEASURE(f.average_order_value) AS average_order_value,
            f.coupon_cost,
            f.payment_count,
            f.paid_amount,
            f.refund_count,
            f.refund_amount,
            MEASURE(f.refund_rate) AS refund_rate,
            f.settled_amount,
            f.commission,
            MEASURE(f.take_rate) AS take_rate,
            f.platform_subsidy,
            f.seller_payable,
            f.channel_fee,
            f.net_revenue,
            f.platform_margin,
            f.invoice_amount,
            b.closing_amount,
            f.dt
        FROM dws_financial_1d AS f
        LEFT JOIN ads_revenue_bridge AS b ON b.dt = f.dt AND b.currency = f.currency
        WHERE f.dt >= :start AND f.dt < :end
    """,
)
