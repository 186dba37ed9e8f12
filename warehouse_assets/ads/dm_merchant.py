"""One row per seller, business date and currency: what merchants sold and what they are settled.

Sales count on the day of the order, the settlement on its own day. A day on which a seller
neither sold nor was settled has no row.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DmMerchant(m.Contract):
    """A merchant's day in one currency."""

    seller_id: m.Integer = m.key(v.seller_id, references="dim_seller")
    seller_name: m.Text = m.column(v.seller_name, null=True)
    city: m.Text = m.column(v.city, null=True)
    currency: m.Text = m.key(v.currency)
    line_order_count: m.Integer = m.measure("line_order_count")
    line_cancelled_order_count: m.Integer = m.measure("line_cancelled_order_count")
    line_buyer_count: m.Integer = m.measure("line_buyer_count")
    sold_quantity: m.Integer = m.measure("sold_quantity")
    goods_amount: m.Money = m.measure("goods_amount")
    discount_amount: m.Money = m.measure("discount_amount")
    discount_rate: m.Rate = m.measure("discount_rate")
    gmv: m.Money = m.measure("gmv")
    settled_line_count: m.Integer = m.measure("settled_line_count")
    settled_amount: m.Money = m.measure("settled_amount")
    commission: m.Money = m.measure("commission")
    take_rate: m.Rate = m.measure("take_rate")
    platform_subsidy: m.Money = m.measure("platform_subsidy")
    seller_payable: m.Money = m.measure("seller_payable")
    dt: m.Day = m.partition(v.dt_ordered_or_settled)


dm_merchant = m.table(
    DmMerchant,
    owner="team:merchant",
    reads={"dws_seller_1d": m.same_day(), "dim_seller": m.as_of_day()},
    sort_by=("seller_id",),
    sql=m.select_from(
        "dws_seller_1d",
        columns={
            "seller_name": "dim_seller.seller_name",
            "city": "dim_seller.city",
            "discount_rate": "MEASURE(dws_seller_1d.discount_rate)",
            "take_rate": "MEASURE(dws_seller_1d.take_rate)",
        },
        join="""
            LEFT JOIN dim_seller
                ON dim_seller.dt = dws_seller_1d.dt
                AND dim_seller.seller_id = dws_seller_1d.seller_id
        """,
    ),
)
