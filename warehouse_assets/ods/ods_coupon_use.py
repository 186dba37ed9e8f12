"""One row per use of a coupon and delivery: one use is one order line with a coupon.

A use is given back when its order is cancelled.
"""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)

STATUSES = ["used", "returned"]


class OdsCouponUse(DeliveredContract):
    """Marketing's change log of the coupon ledger."""

    coupon_use_no: Text = column("Use of a coupon, unique in marketing")
    coupon_id: Integer = column("Coupon")
    user_id: Integer = column("User; where the row is about an order, its buyer")
    order_no: Text = column("Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order", ge=1)
    coupon_amount: Money = column("Part of the discount that comes from coupons", ge=0)
    platform_amount: Money = column("Part of the coupon that the platform bears", ge=0)
    seller_amount: Money = column("Part of the coupon that the seller bears", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    use_status: Text = column("Whether the coupon is used or was given back", isin=STATUSES)
    used_at: Timestamp = column("When the coupon was used")
    returned_at: Timestamp = column("When the coupon was given back", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


ods_coupon_use = table(
    OdsCouponUse,
    owner="team:marketing",
    source=files("marketing/coupon_use", format="parquet"),
    change_log=change_log(key=("coupon_use_no",), sequence="updated_at", event_time="used_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("used_at", days=3),
        should("shares_add_up", "platform_amount + seller_amount = coupon_amount"),
        should("returned_has_time", "use_status <> 'returned' OR returned_at IS NOT NULL"),
    ],
)
