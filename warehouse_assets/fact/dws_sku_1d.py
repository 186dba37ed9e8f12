"""One row per SKU, business date and currency: what buyers ordered of it.

Cancelled orders are in every figure; their number is beside.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    by,
    check,
    key,
    measure,
    partition,
    same_day,
    served,
    table,
)


class DwsSku1d(Contract):
    """A SKU's day in one currency."""

    sku_id: Integer = key("SKU: the thing that is stocked and sold", references="dim_sku")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    line_order_count: Integer = measure("line_order_count", ge=1)
    line_cancelled_order_count: Integer = measure("line_cancelled_order_count", ge=0)
    line_buyer_count: Integer = measure("line_buyer_count", ge=1)
    line_count: Integer = measure("line_count", ge=1)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    dt: Day = partition("Business date the orders were placed")


dws_sku_1d = table(
    DwsSku1d,
    owner="team:product",
    reads={"dwd_order_detail": same_day()},
    freshness=by("05:00"),
    serving=served(),
    sort_by=("sku_id",),
    checks=[
        check(
            "counts_fit",
            "line_cancelled_order_count <= line_order_count AND line_order_count <= line_count",
        ),
        check(
            "gmv_adds_up",
            "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)",
            warn=True,
        ),
    ],
    sql="""
        SELECT
            sku_id,
            currency,
            MEASURE(line_order_count) AS line_order_count,
            MEASURE(line_cancelled_order_count) AS line_cancelled_order_count,
            MEASURE(line_buyer_count) AS line_buyer_count,
            MEASURE(line_count) AS line_count,
            MEASURE(sold_quantity) AS sold_quantity,
            MEASURE(goods_amount) AS goods_amount,
            MEASURE(discount_amount) AS discount_amount,
            MEASURE(shipping_amount) AS shipping_amount,
            MEASURE(gmv) AS gmv,
            dt
        FROM dwd_order_detail
        WHERE dt >= :start AND dt < :end
        GROUP BY sku_id, currency, dt
    """,
)
