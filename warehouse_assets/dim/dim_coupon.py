"""One row per coupon and day: the coupon as last known at the end of that day.

A coupon stays in the dimension before and after the days on which it is valid.
"""

from warehouse_assets import modeling as m


class DimCoupon(m.Contract):
    """Coupons as of each day."""

    coupon_id: m.Integer = m.key("Coupon")
    coupon_name: m.Text = m.column("Name of the coupon")
    funded_by: m.Text = m.column("Who bears the coupon: platform, seller or shared")
    platform_share_rate: m.Rate = m.column("Share of the coupon that the platform bears")
    face_amount: m.Money = m.column("What the coupon takes off the price")
    threshold_amount: m.Money = m.column("Price of the goods from which the coupon counts")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    valid_from_date: m.Day = m.column("First day of validity")
    valid_to_date: m.Day = m.column("Last day of validity")
    is_valid: m.Flag = m.column("Whether the coupon is valid on the day that the row describes")
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    dt: m.Day = m.partition("Business date that the row describes")


dim_coupon = m.table(
    DimCoupon,
    owner="team:marketing",
    reads={"ods_coupon": m.newest(m.history())},
    freshness=m.by("04:00"),
    serving=m.served(),
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
