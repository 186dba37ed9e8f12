"""One row per order line, on the business date its order was placed, priced as charged.

The buyer and the SKU are as of that day; a line whose SKU or buyer is unknown is kept.
"""

from warehouse_assets import modeling as m


class DwdOrderDetail(m.Contract):
    """Order lines."""

    order_line_id: m.Text = m.key("Order line: order number, dash, line number")
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order")
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    vip_level: m.Text = m.column(
        "Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM", null=True
    )
    city: m.Text = m.column(
        "City of the user, or of the seller where the row is about one", null=True
    )
    seller_id: m.Integer = m.ref("dim_seller", "Seller: the merchant who is settled")
    sku_id: m.Integer = m.ref("dim_sku", "SKU: the thing that is stocked and sold")
    category_id: m.Integer = m.ref("dim_category", "Category that SKUs are listed under", null=True)
    quantity: m.Integer = m.column("Units ordered")
    unit_price: m.Money = m.column("Price of one unit charged before discount")
    original_amount: m.Money = m.column("Unit price x quantity")
    discount_amount: m.Money = m.column("Discount granted")
    coupon_id: m.Integer = m.column("Coupon", null=True)
    coupon_amount: m.Money = m.column("Part of the discount that comes from coupons")
    points_amount: m.Money = m.column("Part of the discount that comes from points")
    shipping_amount: m.Money = m.column("Shipping charged")
    pay_amount: m.Money = m.column("What the buyer is to pay for the line")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    order_status: m.Text = m.column("Where the order stands: created, paid, shipped, ...")
    ordered_at: m.Timestamp = m.column("When the order was placed")
    paid_date: m.Day = m.column("Business date the money was captured", null=True)
    shipped_date: m.Day = m.column("Business date the goods were handed to the carrier", null=True)
    dt: m.Day = m.partition("Business date the order was placed")


dwd_order_detail = m.table(
    DwdOrderDetail,
    owner="team:trade",
    reads={
        "ods_order_item": m.newest(m.following(days=3)),
        "dwd_order": m.same_day(),
        "dim_sku": m.as_of_day(),
        "dim_user": m.as_of_day(),
    },
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[
        m.should(
            "pay_adds_up",
            "pay_amount = buyer_payable(original_amount, discount_amount, shipping_amount)",
        ),
        m.should("buyer_known", "vip_level IS NOT NULL"),
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
