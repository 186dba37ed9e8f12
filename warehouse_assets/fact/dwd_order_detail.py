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
    must,
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
    line_no: Integer = column("Number of the line in its order", ge=1)
    user_id: Integer = ref("dim_user", "Buyer")
    vip_level: Text = column("Membership level of the buyer that day", null=True)
    seller_id: Integer = ref("dim_seller", "Seller: the merchant who is settled")
    sku_id: Integer = ref("dim_sku", "SKU: the thing that is stocked and sold")
    category_id: Integer = ref("dim_category", "Category the SKU is listed under", null=True)
    quantity: Integer = column("Units ordered", ge=1)
    unit_price: Money = column("Price of one unit charged before discount", ge=0)
    original_amount: Money = column("Unit price x quantity", ge=0)
    discount_amount: Money = column("Discount granted")
    shipping_amount: Money = column("Shipping charged")
    pay_amount: Money = column("What the buyer is to pay for the line")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    order_status: Text = column("Where the order stands: created, paid, shipped, ...")
    ordered_at: Timestamp = column("When the order was placed")
    dt: Day = partition("Business date the order was placed")


dwd_order_detail = table(
    DwdOrderDetail,
    owner="team:trade",
    reads={
        "ods_order_item": following(days=3),
        "dwd_order": same_day(),
        "dim_sku": as_of_day(),
        "dim_user": as_of_day(),
    },
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        must("pay_adds_up", "pay_amount = original_amount - discount_amount + shipping_amount"),
        should("buyer_known", "vip_level IS NOT NULL"),
    ],
    sql="""
        WITH lines AS (
            SELECT
                i.order_no,
                i.line_no,
                o.user_id,
                i.seller_id,
                i.sku_id,
                i.quantity,
                i.unit_price,
                i.discount_amount,
                i.shipping_amount,
                i.pay_amount,
                i.currency,
                o.order_status,
                o.ordered_at,
                o.dt
            FROM dwd_order AS o
            JOIN ods_order_item AS i
                ON i.order_no = o.order_no AND i.dt >= o.dt AND i.dt <= o.dt + INTERVAL 3 DAY
            WHERE o.dt >= :start AND o.dt < :end
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY i.order_no, i.line_no, o.dt
                ORDER BY i.updated_at DESC, i.dt DESC, i.source_file DESC, i.source_line DESC
            ) = 1
        )
        SELECT
            CONCAT(l.order_no, '-', CAST(l.line_no AS VARCHAR)) AS order_line_id,
            l.order_no,
            l.line_no,
            l.user_id,
            u.vip_level,
            l.seller_id,
            l.sku_id,
            s.category_id,
            l.quantity,
            l.unit_price,
            CAST(l.unit_price * l.quantity AS DECIMAL(18, 2)) AS original_amount,
            l.discount_amount,
            l.shipping_amount,
            l.pay_amount,
            l.currency,
            l.order_status,
            l.ordered_at,
            l.dt
        FROM lines AS l
        LEFT JOIN dim_user AS u ON u.user_id = l.user_id AND u.dt = l.dt
        LEFT JOIN dim_sku AS s ON s.sku_id = l.sku_id AND s.dt = l.dt
    """,
)
