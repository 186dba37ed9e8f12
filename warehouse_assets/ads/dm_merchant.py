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
    dt: m.Day = m.partition("Business date of the orders placed and of the settlements")


dm_merchant = m.table(
    DmMerchant,
    owner="team:merchant",
    reads={"dws_seller_1d": m.same_day(), "dim_seller": m.as_of_day()},
    sort_by=("seller_id",),
    sql="""
        SELECT
            s.seller_id,
            d.seller_name,
            d.city,
            s.currency,
            s.line_order_count,
            s.line_cancelled_order_count,
            s.line_buyer_count,
            s.sold_quantity,
            s.goods_amount,
            s.discount_amount,
            MEASURE(s.discount_rate) AS discount_rate,
            s.gmv,
            s.settled_line_count,
            s.settled_amount,
            s.commission,
            MEASURE(s.take_rate) AS take_rate,
            s.platform_subsidy,
            s.seller_payable,
            s.dt
        FROM dws_seller_1d AS s
        LEFT JOIN dim_seller AS d ON d.dt = s.dt AND d.seller_id = s.seller_id
        WHERE s.dt >= :start AND s.dt < :end
    """,
)
