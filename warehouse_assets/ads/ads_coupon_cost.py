"""One row per coupon, currency and business date of use: what the coupon cost, and who bears it.

A use that was given back costs nothing; it is counted apart. The coupon is as of the day.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsCouponCost(m.Contract):
    """A coupon's day."""

    coupon_id: m.Integer = m.key(v.coupon_id, references="dim_coupon")
    currency: m.Text = m.key(v.currency)
    coupon_name: m.Text = m.column(v.coupon_name, null=True)
    funded_by: m.Text = m.column(v.funded_by, null=True)
    coupon_use_count: m.Integer = m.column("Uses of the coupon, those given back included", ge=1)
    returned_use_count: m.Integer = m.column("Uses of the coupon that were given back", ge=0)
    coupon_cost: m.Money = m.measure("coupon_cost")
    platform_coupon_cost: m.Money = m.measure("platform_coupon_cost")
    seller_coupon_cost: m.Money = m.measure("seller_coupon_cost")
    platform_coupon_rate: m.Rate = m.measure("platform_coupon_rate")
    platform_share_rate: m.Rate = m.column(v.platform_share_rate, null=True)
    dt: m.Day = m.partition(v.dt_coupon_used)


ads_coupon_cost = m.table(
    AdsCouponCost,
    owner="team:marketing",
    reads={"dwd_coupon_use": m.same_day(), "dim_coupon": m.as_of_day()},
    sort_by=("coupon_id",),
    checks=[
        m.check(
            "shares_add_up", "platform_coupon_cost + seller_coupon_cost = coupon_cost", warn=True
        ),
        m.check("coupon_known", "coupon_name IS NOT NULL", warn=True),
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
