"""One row per use of a coupon and delivery: one use is one order line with a coupon.

A use is given back when its order is cancelled.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsCouponUse(m.DeliveredContract):
    """Marketing's change log of the coupon ledger."""

    coupon_use_no: m.Text = m.column(v.coupon_use_no)
    coupon_id: m.Integer = m.column(v.coupon_id)
    user_id: m.Integer = m.column(v.user_id)
    order_no: m.Text = m.column(v.order_no)
    line_no: m.Integer = m.column(v.line_no, ge=1)
    coupon_amount: m.Money = m.column(v.coupon_amount, ge=0)
    platform_amount: m.Money = m.column(v.platform_amount, ge=0)
    seller_amount: m.Money = m.column(v.seller_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    use_status: m.Text = m.column(v.use_status, isin=["used", "returned"])
    used_at: m.Timestamp = m.column(v.used_at)
    returned_at: m.Timestamp = m.column(v.returned_at, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_coupon_use = m.table(
    OdsCouponUse,
    owner="team:marketing",
    source=m.files("marketing/coupon_use", format="parquet"),
    change_log=m.change_log(key=("coupon_use_no",), sequence="updated_at", event_time="used_at"),
    checks=[
        v.shares_add_up,
        m.check(
            "returned_has_time", "use_status <> 'returned' OR returned_at IS NOT NULL", warn=True
        ),
    ],
)
