"""One row per coupon and delivery: all coupons on the first day, then each that changed."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

FUNDERS = ["platform", "seller", "shared"]


class OdsCoupon(m.DeliveredContract):
    """Marketing's change log of coupons."""

    coupon_id: m.Integer = m.column("Coupon")
    coupon_name: m.Text = m.column("Name of the coupon")
    funded_by: m.Text = m.column("Who bears the coupon: platform, seller or shared", isin=FUNDERS)
    platform_share_rate: m.Rate = m.column(
        "Share of the coupon that the platform bears", ge=0, le=1
    )
    face_amount: m.Money = m.column("What the coupon takes off the price", ge=0)
    threshold_amount: m.Money = m.column("Price of the goods from which the coupon counts", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    valid_from_date: m.Day = m.column("First day of validity")
    valid_to_date: m.Day = m.column("Last day of validity")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_coupon = m.table(
    OdsCoupon,
    owner="team:marketing",
    source=files("marketing/coupon", format="jsonl"),
    change_log=m.change_log(key=("coupon_id",), sequence="updated_at"),
    freshness=m.by("02:00"),
    checks=[
        m.should(
            "share_fits_funder",
            "(funded_by <> 'platform' OR platform_share_rate = 1)"
            " AND (funded_by <> 'seller' OR platform_share_rate = 0)",
        ),
        m.should("valid_from_before_to", "valid_from_date <= valid_to_date"),
    ],
)
