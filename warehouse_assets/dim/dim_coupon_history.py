"""One row per coupon and time in which its terms did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. valid_from_date and
valid_to_date are another matter: the days on which buyers may use the coupon.
"""

from warehouse_assets import modeling as m


class DimCouponHistory(m.HistoryContract):
    """Coupons and when their terms were what."""

    coupon_id: m.Integer = m.key("Coupon")
    coupon_name: m.Text = m.column("Name of the coupon")
    funded_by: m.Text = m.column("Who bears the coupon: platform, seller or shared")
    platform_share_rate: m.Rate = m.column("Share of the coupon that the platform bears")
    face_amount: m.Money = m.column("What the coupon takes off the price")
    threshold_amount: m.Money = m.column("Price of the goods from which the coupon counts")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    valid_from_date: m.Day = m.column("First day of validity")
    valid_to_date: m.Day = m.column("Last day of validity")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


dim_coupon_history = m.table(
    DimCouponHistory,
    owner="team:marketing",
    kind=m.validity_ranges(
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
    freshness=m.by("04:00"),
    sort_by=("coupon_id",),
)
