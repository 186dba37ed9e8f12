"""One row per city, business date and currency: what its users ordered and paid.

Users are where they were at the end of that day; those whose city nobody knows are under
`unknown`. Cancelled orders are in every figure; their number is beside.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsCity1d(m.Contract):
    """A city's day in one currency."""

    city: m.Text = m.key(v.city)
    currency: m.Text = m.key(v.currency)
    order_count: m.Integer = m.measure("order_count", ge=0)
    cancelled_order_count: m.Integer = m.measure("cancelled_order_count", ge=0)
    buyer_count: m.Integer = m.measure("buyer_count", ge=0)
    line_count: m.Integer = m.measure("line_count", ge=0)
    sold_quantity: m.Integer = m.measure("sold_quantity")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    shipping_amount: m.Money = m.measure("shipping_amount")
    gmv: m.Money = m.measure("gmv")
    payment_count: m.Integer = m.measure("payment_count", ge=0)
    paid_amount: m.Money = m.measure("paid_amount")
    dt: m.Day = m.partition(v.dt_events)


dws_city_1d = m.table(
    DwsCity1d,
    owner="team:trade",
    reads={
        "dwd_order": m.same_day(),
        "dwd_order_detail": m.same_day(),
        "dwd_payment": m.same_day(),
        "dim_user": m.as_of_day(),
    },
    checks=[v.counts_fit, v.gmv_adds_up],
    sql=m.metric_rollup(
        by=("city", "currency"),
        sources={
            "dwd_order": m.rollup_source(
                dimensions={"city": "COALESCE(dim_user.city, 'unknown')"},
                join="LEFT JOIN dim_user ON dim_user.user_id = dwd_order.user_id "
                "AND dim_user.dt = dwd_order.dt",
            ),
            "dwd_order_detail": m.rollup_source(
                dimensions={"city": "COALESCE(dwd_order_detail.city, 'unknown')"}
            ),
            "dwd_payment": m.rollup_source(
                dimensions={"city": "COALESCE(dim_user.city, 'unknown')"},
                join="LEFT JOIN dim_user ON dim_user.user_id = dwd_payment.user_id "
                "AND dim_user.dt = dwd_payment.dt",
            ),
        },
    ),
)
