"""One row per order line, on the business date its order was placed, priced as charged.

The buyer and the SKU are as of that day; a line whose SKU or buyer is unknown is kept.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdOrderDetail(m.Contract):
    """Order lines."""

    order_line_id: m.Text = m.key(v.order_line_id)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    line_no: m.Integer = m.column(v.line_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    vip_level: m.Text = m.column(v.vip_level, null=True)
    city: m.Text = m.column(v.city, null=True)
    seller_id: m.Integer = m.ref("dim_seller", v.seller_id)
    sku_id: m.Integer = m.ref("dim_sku", v.sku_id)
    category_id: m.Integer = m.ref("dim_category", v.category_id, null=True)
    quantity: m.Integer = m.column(v.quantity)
    unit_price: m.Money = m.column(v.unit_price)
    original_amount: m.Money = m.column(v.original_amount)
    discount_amount: m.Money = m.column(v.discount_amount)
    coupon_id: m.Integer = m.column(v.coupon_id, null=True)
    coupon_amount: m.Money = m.column(v.coupon_amount)
    points_amount: m.Money = m.column(v.points_amount)
    shipping_amount: m.Money = m.column(v.shipping_amount)
    pay_amount: m.Money = m.column(v.pay_amount)
    currency: m.Text = m.column(v.currency)
    order_status: m.Text = m.column(v.order_status)
    ordered_at: m.Timestamp = m.column(v.ordered_at)
    paid_date: m.Day = m.column(v.paid_date, null=True)
    shipped_date: m.Day = m.column(v.shipped_date, null=True)
    dt: m.Day = m.partition(v.ordered_date)


dwd_order_detail = m.table(
    DwdOrderDetail,
    owner="team:trade",
    reads={
        "ods_order_item": m.latest(c.delivery_window),
        "dwd_order": m.same_day(),
        "dim_sku": m.as_of_day(),
        "dim_user": m.as_of_day(),
    },
    sort_by=("order_no",),
    checks=[
        m.check(
            "pay_adds_up",
            "pay_amount = buyer_payable(original_amount, discount_amount, shipping_amount)",
            warn=True,
        ),
        m.check("buyer_known", "vip_level IS NOT NULL", warn=True),
    ],
    sql=m.select_from(
        "ods_order_item",
        columns={
            "order_line_id": "order_line_id(ods_order_item.order_no, line_no)",
            "user_id": "o.user_id",
            "vip_level": "u.vip_level",
            "city": "u.city",
            "category_id": "s.category_id",
            "original_amount": "CAST(unit_price * quantity AS DECIMAL(18, 2))",
            "order_status": "o.order_status",
            "ordered_at": "o.ordered_at",
            "paid_date": "business_date(o.paid_at)",
            "shipped_date": "business_date(o.shipped_at)",
        },
        join="""
            JOIN dwd_order AS o
                ON o.order_no = ods_order_item.order_no AND o.dt = ods_order_item.dt
            LEFT JOIN dim_user AS u ON u.user_id = o.user_id AND u.dt = o.dt
            LEFT JOIN dim_sku AS s ON s.sku_id = ods_order_item.sku_id AND s.dt = o.dt
        """,
    ),
)
