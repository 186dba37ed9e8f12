"""One row per coupon and day: the coupon as last known at the end of that day.

A coupon stays in the dimension before and after the days on which it is valid.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Flag,
    Integer,
    Money,
    Rate,
    Text,
    Timestamp,
    by,
    column,
    history,
    key,
    newest,
    partition,
    served,
    table,
)


class DimCoupon(Contract):
    """Coupons as of each day."""

    coupon_id: Integer = key("Coupon")
    coupon_name: Text = column("Name of the coupon")
    funded_by: Text = column("Who bears the coupon: platform, seller or shared")
    platform_share_rate: Rate = column("Share of the coupon that the platform bears")
    face_amount: Money = column("What the coupon takes off the price")
    threshold_amount: Money = column("Price of the goods from which the coupon counts")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    valid_from_date: Day = column("First day of validity")
    valid_to_date: Day = column("Last day of validity")
    is_valid: Flag = column("Whether the coupon is valid on the day that the row describes")
    updated_at: Timestamp = column("When the source last changed the row")
    dt: Day = partition("Business date that the row describes")


dim_coupon = table(
    DimCoupon,
    owner="team:marketing",
    reads={"ods_coupon": newest(history())},
    freshness=by("04:00"),
    serving=served(),
    sort_by=("coupon_id",),
    sql="""
        SELECT
            coupon_id,
            coupon_name,
            funded_by,
            platform_share_rate,
            face_amount,
            threshold_amount,
            currency,
            valid_from_date,
            valid_to_date,
            dt >= valid_from_date AND dt <= valid_to_date AS is_valid,
            updated_at,
            dt
        FROM ods_coupon
        WHERE dt >= :start AND dt < :end
    """,
)
