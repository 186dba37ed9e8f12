"""One row per business date and currency: what was ordered, paid, given back and settled.

Each figure counts on the day of its own event, so a day may have the one without the other.
Cancelled orders are in every figure of what was ordered; their number is beside.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    by,
    key,
    measure,
    metric_rollup,
    must,
    partition,
    same_day,
    served,
    should,
    table,
)


class DwsFinancial1d(Contract):
    """The platform's day in one currency."""

    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count", ge=0)
    cancelled_order_count: Integer = measure("cancelled_order_count", ge=0)
    buyer_count: Integer = measure("buyer_count", ge=0)
    repeat_buyer_count: Integer = measure("repeat_buyer_count", ge=0)
    line_count: Integer = measure("line_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    refund_count: Integer = measure("refund_count", ge=0)
    refund_amount: Money = measure("refund_amount")
    coupon_cost: Money = measure("coupon_cost")
    settled_line_count: Integer = measure("settled_line_count", ge=0)
    settled_amount: Money = measure("settled_amount")
    commission: Money = measure("commission")
    platform_subsidy: Money = measure("platform_subsidy")
    seller_payable: Money = measure("seller_payable")
    channel_fee: Money = measure("channel_fee")
    net_revenue: Money = measure("net_revenue")
    platform_margin: Money = measure("platform_margin")
    invoice_amount: Money = measure("invoice_amount")
    dt: Day = partition("Business date of the events")


dws_financial_1d = table(
    DwsFinancial1d,
    owner="team:finance",
    reads={
        "dwd_order": same_day(),
        "dws_user_1d": same_day(),
        "dwd_order_detail": same_day(),
        "dwd_payment": same_day(),
        "dwd_refund": same_day(),
        "dwd_coupon_use": same_day(),
        "dwd_settlement_item": same_day(),
        "dwd_channel_bill": same_day(),
        "dwd_financial": same_day(),
        "dwd_invoice": same_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    checks=[
        must("counts_fit", "cancelled_order_count <= order_count AND buyer_count <= order_count"),
        must("repeat_buyers_buy", "repeat_buyer_count <= buyer_count"),
        should(
            "gmv_adds_up", "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)"
        ),
    ],
    sql=metric_rollup(by=("currency",)),
)
