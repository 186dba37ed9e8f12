"""One row per use of a coupon and delivery: one use is one order line with a coupon.

A use is given back when its order is cancelled.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

STATUSES = ["used", "returned"]


class OdsCouponUse(m.DeliveredContract):
    """Marketing's change log of the coupon ledger."""

    coupon_use_no: m.Text = m.column("Use of a coupon, unique in marketing")
    coupon_id: m.Integer = m.column("Coupon")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    order_no: m.Text = m.column("Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order", ge=1)
    coupon_amount: m.Money = m.column("Part of the discount that comes from coupons", ge=0)
    platform_amount: m.Money = m.column("Part of the coupon that the platform bears", ge=0)
    seller_amount: m.Money = m.column("Part of the coupon that the seller bears", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    use_status: m.Text = m.column("Whether the coupon is used or was given back", isin=STATUSES)
    used_at: m.Timestamp = m.column("When the coupon was used")
    returned_at: m.Timestamp = m.column("When the coupon was given back", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_coupon_use = m.table(
    OdsCouponUse,
    owner="team:marketing",
    source=files("marketing/coupon_use", format="parquet"),
    change_log=m.change_log(key=("coupon_use_no",), sequence="updated_at", event_time="used_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("used_at", days=3),
        m.should("shares_add_up", "platform_amount + seller_amount = coupon_amount"),
        m.should("returned_has_time", "use_status <> 'returned' OR returned_at IS NOT NULL"),
    ],
)
