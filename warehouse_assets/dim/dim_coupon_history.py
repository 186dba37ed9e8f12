"""One row per coupon and time in which its terms did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. valid_from_date and
valid_to_date are another matter: the days on which buyers may use the coupon.
"""

from warehouse_assets.modeling import (
    Day,
    HistoryContract,
    Integer,
    Money,
    Rate,
    Text,
    Timestamp,
    by,
    column,
    key,
    table,
    validity_ranges,
)


class DimCouponHistory(HistoryContract):
    """Coupons and when their terms were what."""

    coupon_id: Integer = key("Coupon")
    coupon_name: Text = column("Name of the coupon")
    funded_by: Text = column("Who bears the coupon: platform, seller or shared")
    platform_share_rate: Rate = column("Share of the coupon that the platform bears")
    face_amount: Money = column("What the coupon takes off the price")
    threshold_amount: Money = column("Price of the goods from which the coupon counts")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    valid_from_date: Day = column("First day of validity")
    valid_to_date: Day = column("Last day of validity")
    updated_at: Timestamp = column("When the source last changed the row")


dim_coupon_history = table(
    DimCouponHistory,
    owner="team:marketing",
    kind=validity_ranges(
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
    freshness=by("04:00"),
    sort_by=("coupon_id",),
)
