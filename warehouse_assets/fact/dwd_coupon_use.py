"""One row per use of a coupon, on the business date it was used, as known three days later.

A use is of one order line. One that was given back, for its order was cancelled, stays and says so.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdCouponUse(Contract):
    """Coupons on order lines, and who bears them."""

    coupon_use_no: Text = key("Use of a coupon, unique in marketing")
    coupon_id: Integer = ref("dim_coupon", "Coupon")
    order_line_id: Text = ref("dwd_order_detail", "Order line: order number, dash, line number")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    coupon_amount: Money = column("Part of the discount that comes from coupons")
    platform_amount: Money = column("Part of the coupon that the platform bears")
    seller_amount: Money = column("Part of the coupon that the seller bears")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    use_status: Text = column("Whether the coupon is used or was given back")
    used_at: Timestamp = column("When the coupon was used")
    returned_at: Timestamp = column("When the coupon was given back", null=True)
    dt: Day = partition("Business date the coupon was used")


dwd_coupon_use = table(
    DwdCouponUse,
    owner="team:marketing",
    reads={"ods_coupon_use": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        should("shares_add_up", "platform_amount + seller_amount = coupon_amount"),
        should("returned_after_used", "returned_at IS NULL OR returned_at >= used_at"),
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
