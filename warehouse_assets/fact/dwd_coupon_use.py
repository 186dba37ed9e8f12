"""One row per use of a coupon, on the business date it was used, as known three days later.

A use is of one order line. One that was given back, for its order was cancelled, stays and says so.
"""

from warehouse_assets import modeling as m


class DwdCouponUse(m.Contract):
    """Coupons on order lines, and who bears them."""

    coupon_use_no: m.Text = m.key("Use of a coupon, unique in marketing")
    coupon_id: m.Integer = m.ref("dim_coupon", "Coupon")
    order_line_id: m.Text = m.ref("dwd_order_detail", "Order line: order number, dash, line number")
    order_no: m.Text = m.ref("dwd_order", "Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order")
    user_id: m.Integer = m.ref("dim_user", "User; where the row is about an order, its buyer")
    coupon_amount: m.Money = m.column("Part of the discount that comes from coupons")
    platform_amount: m.Money = m.column("Part of the coupon that the platform bears")
    seller_amount: m.Money = m.column("Part of the coupon that the seller bears")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    use_status: m.Text = m.column("Whether the coupon is used or was given back")
    used_at: m.Timestamp = m.column("When the coupon was used")
    returned_at: m.Timestamp = m.column("When the coupon was given back", null=True)
    dt: m.Day = m.partition("Business date the coupon was used")


dwd_coupon_use = m.table(
    DwdCouponUse,
    owner="team:marketing",
    reads={"ods_coupon_use": m.newest(m.following(days=3))},
    freshness=m.by("05:00"),
    sort_by=("order_no",),
    checks=[
        m.should("shares_add_up", "platform_amount + seller_amount = coupon_amount"),
        m.should("returned_after_used", "returned_at IS NULL OR returned_at >= used_at"),
    ],
    sql="""
        SELECT
            coupon_use_no,
            coupon_id,
            order_line_id(order_no, line_no) AS order_line_id,
            order_no,
            line_no,
            user_id,
            coupon_amount,
            platform_amount,
            seller_amount,
            currency,
            use_status,
            used_at,
            returned_at,
            dt
        FROM ods_coupon_use
        WHERE dt >= :start AND dt < :end
    """,
)
