"""One row per coupon, currency and business date of use: what the coupon cost, and who bears it.

A use that was given back costs nothing; it is counted apart. The coupon is as of the day.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Rate,
    Text,
    as_of_day,
    by,
    column,
    key,
    measure,
    partition,
    same_day,
    served,
    should,
    table,
)


class AdsCouponCost(Contract):
    """A coupon's day."""

    coupon_id: Integer = key("Coupon", references="dim_coupon")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    coupon_name: Text = column("Name of the coupon", null=True)
    funded_by: Text = column("Who bears the coupon: platform, seller or shared", null=True)
    coupon_use_count: Integer = column("Uses of the coupon, those given back included", ge=1)
    returned_use_count: Integer = column("Uses of the coupon that were given back", ge=0)
    coupon_cost: Money = measure("coupon_cost")
    platform_coupon_cost: Money = measure("platform_coupon_cost")
    seller_coupon_cost: Money = measure("seller_coupon_cost")
    platform_coupon_rate: Rate = measure("platform_coupon_rate")
    platform_share_rate: Rate = column("Share of the coupon that the platform bears", null=True)
    dt: Day = partition("Business date the coupon was used")


ads_coupon_cost = table(
    AdsCouponCost,
    owner="team:marketing",
    reads={"dwd_coupon_use": same_day(), "dim_coupon": as_of_day()},
    freshness=by("06:00"),
    serving=served(),
    sort_by=("coupon_id",),
    checks=[
        should("shares_add_up", "platform_coupon_cost + seller_coupon_cost = coupon_cost"),
        should("coupon_known", "coupon_name IS NOT NULL"),
    ],
    sql="""
        WITH uses AS (
            SELECT
                coupon_id,
                currency,
                COUNT(*) AS coupon_use_count,
                COUNT(CASE WHEN use_status = 'returned' THEN 1 END) AS returned_use_count,
                MEASURE(coupon_cost) AS coupon_cost,
                MEASURE(platform_coupon_cost) AS platform_coupon_cost,
                MEASURE(seller_coupon_cost) AS seller_coupon_cost,
                MEASURE(platform_coupon_rate) AS platform_coupon_rate,
                dt
            FROM dwd_coupon_use
            WHERE dt >= :start AND dt < :end
            GROUP BY coupon_id, currency, dt
        )
        SELECT
            u.coupon_id,
            u.currency,
            c.coupon_name,
            c.funded_by,
            u.coupon_use_count,
            u.returned_use_count,
            u.coupon_cost,
            u.platform_coupon_cost,
            u.seller_coupon_cost,
            u.platform_coupon_rate,
            c.platform_share_rate,
            u.dt
        FROM uses AS u
        LEFT JOIN dim_coupon AS c ON c.coupon_id = u.coupon_id AND c.dt = u.dt
    """,
)
