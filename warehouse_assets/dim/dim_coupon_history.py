"""One row per coupon and time in which its terms did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. valid_from_date and
valid_to_date are another matter: the days on which buyers may use the coupon.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimCouponHistory(m.HistoryContract):
    """Coupons and when their terms were what."""

    coupon_id: m.Integer = m.key(v.coupon_id)
    coupon_name: m.Text = m.column(v.coupon_name)
    funded_by: m.Text = m.column(v.funded_by)
    platform_share_rate: m.Rate = m.column(v.platform_share_rate)
    face_amount: m.Money = m.column(v.face_amount)
    threshold_amount: m.Money = m.column(v.threshold_amount)
    currency: m.Text = m.column(v.currency)
    valid_from_date: m.Day = m.column(v.valid_from_date)
    valid_to_date: m.Day = m.column(v.valid_to_date)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_coupon_history = m.table(
    DimCouponHistory,
    owner="team:marketing",
    materialization=m.scd2(
        of="ods_coupon",
        columns=(
            "funded_by",
            "platform_share_rate",
            "face_amount",
            "threshold_amount",
            "currency",
            "valid_from_date",
            "valid_to_date",
        ),
    ),
    sort_by=("coupon_id",),
)
