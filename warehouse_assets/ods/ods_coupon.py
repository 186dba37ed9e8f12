"""One row per coupon and delivery: all coupons on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    Day,
    DeliveredContract,
    Integer,
    Money,
    Rate,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    should,
    table,
)

FUNDERS = ["platform", "seller", "shared"]


class OdsCoupon(DeliveredContract):
    """Marketing's change log of coupons."""

    coupon_id: Integer = column("Coupon")
    coupon_name: Text = column("Name of the coupon")
    funded_by: Text = column("Who bears the coupon: platform, seller or shared", isin=FUNDERS)
    platform_share_rate: Rate = column("Share of the coupon that the platform bears", ge=0, le=1)
    face_amount: Money = column("What the coupon takes off the price", ge=0)
    threshold_amount: Money = column("Price of the goods from which the coupon counts", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    valid_from_date: Day = column("First day of validity")
    valid_to_date: Day = column("Last day of validity")
    updated_at: Timestamp = column("When the source last changed the row")


ods_coupon = table(
    OdsCoupon,
    owner="team:marketing",
    source=files("marketing/coupon", format="jsonl"),
    change_log=change_log(key=("coupon_id",), sequence="updated_at"),
    freshness=by("02:00"),
    checks=[
        should(
            "share_fits_funder",
            "(funded_by <> 'platform' OR platform_share_rate = 1)"
            " AND (funded_by <> 'seller' OR platform_share_rate = 0)",
        ),
        should("valid_from_before_to", "valid_from_date <= valid_to_date"),
    ],
)
