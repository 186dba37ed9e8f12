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
    sql="""
        WITH lines AS (
            SELECT
                dt,
                seller_id,
                currency,
                MEASURE(line_order_count) AS line_order_count,
                MEASURE(line_cancelled_order_count) AS line_cancelled_order_count,
                MEASURE(line_buyer_count) AS line_buyer_count,
                MEASURE(line_count) AS line_count,
                MEASURE(sold_quantity) AS sold_quantity,
                MEASURE(goods_amount) AS goods_amount,
                MEASURE(discount_amount) AS discount_amount,
                MEASURE(shipping_amount) AS shipping_amount,
                MEASURE(gmv) AS gmv
            FROM dwd_order_detail
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, seller_id, currency
        ),
        settled AS (
            SELECT
                dt,
                seller_id,
                currency,
                MEASURE(settled_line_count) AS settled_line_count,
                MEASURE(settled_amount) AS settled_amount,
                MEASURE(commission) AS commission,
                MEASURE(platform_subsidy) AS platform_subsidy,
                MEASURE(seller_payable) AS seller_payable
            FROM dwd_settlement_item
            WHERE dt >= :start AND dt < :end
            GROUP BY dt, seller_id, currency
        ),
        traded AS (
            SELECT dt, seller_id, currency FROM lines
            UNION
            SELECT dt, seller_id, currency FROM settled
        )
        SELECT
            t.seller_id,
            t.currency,
            COALESCE(l.line_order_count, 0) AS line_order_count,
            COALESCE(l.line_cancelled_order_count, 0) AS line_cancelled_order_count,
            COALESCE(l.line_buyer_count, 0) AS line_buyer_count,
            COALESCE(l.line_count, 0) AS line_count,
            COALESCE(l.sold_quantity, 0) AS sold_quantity,
            COALESCE(l.goods_amount, 0) AS goods_amount,
            COALESCE(l.discount_amount, 0) AS discount_amount,
            COALESCE(l.shipping_amount, 0) AS shipping_amount,
            COALESCE(l.gmv, 0) AS gmv,
            COALESCE(s.settled_line_count, 0) AS settled_line_count,
            COALESCE(s.settled_amount, 0) AS settled_amount,
            COALESCE(s.commission, 0) AS commission,
            COALESCE(s.platform_subsidy, 0) AS platform_subsidy,
            COALESCE(s.seller_payable, 0) AS seller_payable,
            t.dt
        FROM traded AS t
        LEFT JOIN lines AS l
            ON l.dt = t.dt AND l.seller_id = t.seller_id AND l.currency = t.currency
        LEFT JOIN settled AS s
            ON s.dt = t.dt AND s.seller_id = t.seller_id AND s.currency = t.currency
    """,
)
