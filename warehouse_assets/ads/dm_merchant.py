"""One row per seller, business date and currency: what merchants sold and what they are settled.

Sales count on the day of the order, the settlement on its own day. A day on which a seller
neither sold nor was settled has no row.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Rate,
    Text,
    as_of_day,
    by,
    column,
    key,
    measure,
    partition,
    same_day,
    served,
    table,
)


class DmMerchant(Contract):
    """A merchant's day in one currency."""

    seller_id: Integer = key("Seller: the merchant who is settled", references="dim_seller")
    seller_name: Text = column("Name of the shop", null=True)
    city: Text = column("City of the user, or of the seller where the row is about one", null=True)
    currency: Text = key("Currency of the amounts (ISO 4217)")
    line_order_count: Integer = measure("line_order_count")
    line_cancelled_order_count: Integer = measure("line_cancelled_order_count")
    line_buyer_count: Integer = measure("line_buyer_count")
    sold_quantity: Integer = measure("sold_quantity")
    goods_amount: Money = measure("goods_amount")
    discount_amount: Money = measure("discount_amount")
    discount_rate: Rate = measure("discount_rate")
    gmv: Money = measure("gmv")
    settled_line_count: Integer = measure("settled_line_count")
    settled_amount: Money = measure("settled_amount")
    commission: Money = measure("commission")
    take_rate: Rate = measure("take_rate")
    platform_subsidy: Money = measure("platform_subsidy")
    seller_payable: Money = measure("seller_payable")
    dt: Day = partition("Business date of the orders placed and of the settlements")


dm_merchant = table(
    DmMerchant,
    owner="team:merchant",
    reads={"dws_seller_1d": same_day(), "dim_seller": as_of_day()},
    freshness=by("06:00"),
    serving=served(),
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
