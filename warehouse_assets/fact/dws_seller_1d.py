"""One row per seller, business date and currency: what buyers ordered, what was settled.

Orders count on the day they were placed, settled lines on the day of the settlement. Cancelled
orders are in every figure of what was ordered; their number is beside.
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


class DwsSeller1d(Contract):
    """A seller's day in one currency."""

    seller_id: Integer = key("Seller: the merchant who is settled", references="dim_seller")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    line_order_count: Integer = measure("line_order_count", ge=0)
    line_cancelled_order_count: Integer = measure("line_cancelled_order_count", ge=0)
    line_buyer_count: Integer = measure("line_buyer_count", ge=0)
    line_count: Integer = measure("line_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    settled_line_count: Integer = measure("settled_line_count", ge=0)
    settled_amount: Money = measure("settled_amount")
    commission: Money = measure("commission")
    platform_subsidy: Money = measure("platform_subsidy")
    seller_payable: Money = measure("seller_payable")
    dt: Day = partition("Business date of the orders placed and of the settlements")


dws_seller_1d = table(
    DwsSeller1d,
    owner="team:merchant",
    reads={
        "dwd_order_detail": same_day(),
        "dwd_settlement_item": same_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    sort_by=("seller_id",),
    checks=[
        must(
            "counts_fit",
            "line_cancelled_order_count <= line_order_count AND line_order_count <= line_count",
        ),
        should(
            "gmv_adds_up", "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)"
        ),
    ],
    sql=metric_rollup(by=("seller_id", "currency")),
)
