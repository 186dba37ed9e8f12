"""One row per use of a coupon, on the business date it was used, as known three days later.

A use is of one order line. One that was given back, for its order was cancelled, stays and says so.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdCouponUse(m.Contract):
    """Coupons on order lines, and who bears them."""

    coupon_use_no: m.Text = m.key(v.coupon_use_no)
    coupon_id: m.Integer = m.ref("dim_coupon", v.coupon_id)
    order_line_id: m.Text = m.ref("dwd_order_detail", v.order_line_id)
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    line_no: m.Integer = m.column(v.line_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    coupon_amount: m.Money = m.column(v.coupon_amount)
    platform_amount: m.Money = m.column(v.platform_amount)
    seller_amount: m.Money = m.column(v.seller_amount)
    currency: m.Text = m.column(v.currency)
    use_status: m.Text = m.column(v.use_status)
    used_at: m.Timestamp = m.column(v.used_at)
    returned_at: m.Timestamp = m.column(v.returned_at, null=True)
    dt: m.Day = m.partition(v.dt_coupon_used)


dwd_coupon_use = m.table(
    DwdCouponUse,
    owner="team:marketing",
    reads={"ods_coupon_use": m.latest(c.delivery_window)},
    sort_by=("order_no",),
    checks=[
        v.shares_add_up,
        m.check("returned_after_used", "returned_at IS NULL OR returned_at >= used_at", warn=True),
    ],
    sql=m.select_from(
        "ods_coupon_use", columns={"order_line_id": "order_line_id(order_no, line_no)"}
    ),
)
