"""One row per coupon and day: the coupon as last known at the end of that day.

A coupon stays in the dimension before and after the days on which it is valid.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimCoupon(m.AsOfDayContract):
    """Coupons as of each day."""

    coupon_id: m.Integer = m.key(v.coupon_id)
    coupon_name: m.Text = m.column(v.coupon_name)
    funded_by: m.Text = m.column(v.funded_by)
    platform_share_rate: m.Rate = m.column(v.platform_share_rate)
    face_amount: m.Money = m.column(v.face_amount)
    threshold_amount: m.Money = m.column(v.threshold_amount)
    currency: m.Text = m.column(v.currency)
    valid_from_date: m.Day = m.column(v.valid_from_date)
    valid_to_date: m.Day = m.column(v.valid_to_date)
    is_valid: m.Flag = m.column("Whether the coupon is valid on the day that the row describes")
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_coupon = m.table(
    DimCoupon,
    owner="team:marketing",
    reads={"ods_coupon": m.latest(m.history())},
    sort_by=("coupon_id",),
    sql=m.select_from(
        "ods_coupon", columns={"is_valid": "dt >= valid_from_date AND dt <= valid_to_date"}
    ),
)
