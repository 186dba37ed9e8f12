"""One row per city, business date and currency: what its users ordered and paid.

Users are where they were at the end of that day; those whose city nobody knows are under
`unknown`. Cancelled orders are in every figure; their number is beside.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    as_of_day,
    by,
    key,
    measure,
    metric_rollup,
    must,
    partition,
    rollup_source,
    same_day,
    served,
    should,
    table,
)


class DwsCity1d(Contract):
    """A city's day in one currency."""

    city: Text = key("City of the user, or of the seller where the row is about one")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    order_count: Integer = measure("order_count", ge=0)
    cancelled_order_count: Integer = measure("cancelled_order_count", ge=0)
    buyer_count: Integer = measure("buyer_count", ge=0)
    line_count: Integer = measure("line_count", ge=0)
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    shipping_amount: Money = measure("shipping_amount")
    gmv: Money = measure("gmv")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    dt: Day = partition("Business date of the orders placed and of the money captured")


dws_city_1d = table(
    DwsCity1d,
    owner="team:trade",
    reads={
        "dwd_order": same_day(),
        "dwd_order_detail": same_day(),
        "dwd_payment": same_day(),
        "dim_user": as_of_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    checks=[
        must("counts_fit", "cancelled_order_count <= order_count AND buyer_count <= order_count"),
        should(
            "gmv_adds_up", "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)"
        ),
    ],
    sql=metric_rollup(
        by=("city", "currency"),
        sources={
            "dwd_order": rollup_source(
                dimensions={"city": "COALESCE(dim_user.city, 'unknown')"},
                join="LEFT JOIN dim_user ON dim_user.user_id = dwd_order.user_id "
                "AND dim_user.dt = dwd_order.dt",
            ),
            "dwd_order_detail": rollup_source(
                dimensions={"city": "COALESCE(dwd_order_detail.city, 'unknown')"}
            ),
            "dwd_payment": rollup_source(
                dimensions={"city": "COALESCE(dim_user.city, 'unknown')"},
                join="LEFT JOIN dim_user ON dim_user.user_id = dwd_payment.user_id "
                "AND dim_user.dt = dwd_payment.dt",
            ),
        },
    ),
)
