"""One row per order line, on the business date its order was placed, priced as charged.

The buyer and the SKU are as of that day; a line whose SKU or buyer is unknown is kept.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    as_of_day,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    same_day,
    should,
    table,
)


class DwdOrderDetail(Contract):
    """Order lines."""

    order_line_id: Text = key("Order line: order number, dash, line number")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    vip_level: Text = column(
        "Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM", null=True
    )
    city: Text = column("City of the user, or of the seller where the row is about one", null=True)
    seller_id: Integer = ref("dim_seller", "Seller: the merchant who is settled")
    sku_id: Integer = ref("dim_sku", "SKU: the thing that is stocked and sold")
    category_id: Integer = ref("dim_category", "Category that SKUs are listed under", null=True)
    quantity: Integer = column("Units ordered")
    unit_price: Money = column("Price of one unit charged before discount")
    original_amount: Money = column("Unit price x quantity")
    discount_amount: Money = column("Discount granted")
    coupon_id: Integer = column("Coupon", null=True)
    coupon_amount: Money = column("Part of the discount that comes from coupons")
    points_amount: Money = column("Part of the discount that comes from points")
    shipping_amount: Money = column("Shipping charged")
    pay_amount: Money = column("What the buyer is to pay for the line")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    order_status: Text = column("Where the order stands: created, paid, shipped, ...")
    ordered_at: Timestamp = column("When the order was placed")
    paid_date: Day = column("Business date the money was captured", null=True)
    shipped_date: Day = column("Business date the goods were handed to the carrier", null=True)
    dt: Day = partition("Business date the order was placed")


dwd_order_detail = table(
    DwdOrderDetail,
    owner="team:trade",
    reads={
        "ods_order_item": newest(following(days=3)),
        "dwd_order": same_day(),
        "dim_sku": as_of_day(),
        "dim_user": as_of_day(),
    },
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        should(
            "pay_adds_up",
            "pay_amount = buyer_payable(original_amount, discount_amount, shipping_amount)",
        ),
        should("buyer_known", "vip_level IS NOT NULL"),
    ],
    sql="""
        SELECT
            order_line_id(i.order_no, i.line_no) AS order_line_id,
            i.order_no,
            i.line_no,
            o.user_id,
            u.vip_level,
            u.city,
            i.seller_id,
            i.sku_id,
            s.category_id,
            i.quantity,
            i.unit_price,
            CAST(i.unit_price * i.quantity AS DECIMAL(18, 2)) AS original_amount,
            i.discount_amount,
            i.coupon_id,
            i.coupon_amount,
            i.points_amount,
            i.shipping_amount,
            i.pay_amount,
            i.currency,
            o.order_status,
            o.ordered_at,
            business_date(o.paid_at) AS paid_date,
            business_date(o.shipped_at) AS shipped_date,
            o.dt
        FROM dwd_order AS o
        JOIN ods_order_item AS i ON i.order_no = o.order_no AND i.dt = o.dt
        LEFT JOIN dim_user AS u ON u.user_id = o.user_id AND u.dt = o.dt
        LEFT JOIN dim_sku AS s ON s.sku_id = i.sku_id AND s.dt = o.dt
        WHERE o.dt >= :start AND o.dt < :end
    """,
)
