"""What coupons and points take off the price."""

from functools import partial

from warehouse_assets import modeling as m

# A use that was given back, for its order was cancelled, costs nothing.
_of_coupon_uses = partial(
    m.metric, over="dwd_coupon_use", unit="money", dates={"used": "dt"}, owner="team:marketing"
)

coupon_cost = _of_coupon_uses(
    "What used coupons took off, whoever bears it; those given back do not count",
    "SUM(CASE WHEN use_status = 'used' THEN coupon_amount ELSE 0 END)",
)

platform_coupon_cost = _of_coupon_uses(
    "Part of the cost of coupons that the platform bears",
    "SUM(CASE WHEN use_status = 'used' THEN platform_amount ELSE 0 END)",
)

seller_coupon_cost = _of_coupon_uses(
    "Part of the cost of coupons that sellers bear",
    "SUM(CASE WHEN use_status = 'used' THEN seller_amount ELSE 0 END)",
)

platform_coupon_rate = m.ratio(
    "The platform's part as a share of the cost of coupons",
    part="platform_coupon_cost",
    whole="coupon_cost",
    owner="team:marketing",
)

points_burnt = m.metric(
    "Points that users paid with",
    "SUM(CASE WHEN entry_type = 'burnt' THEN points ELSE 0 END)",
    over="dwd_points_entry",
    unit="points",
    dates={"occurred": "dt"},
    owner="team:marketing",
)
