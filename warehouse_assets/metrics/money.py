"""What is left over, across kinds of money events: by the day they happened, or by their order's.

Counted by the paid date, say, a refund belongs to the day its order was paid.
"""

from warehouse_assets.modeling import metric

_DATES = {
    "occurred": "dt",
    "ordered": "ordered_date",
    "paid": "paid_date",
    "shipped": "shipped_date",
    "settled": "settled_date",
}
"""The days that money events are counted by."""

net_revenue = metric(
    "Money captured less money given back to buyers",
    "SUM(CASE WHEN event_type IN ('payment', 'refund') THEN signed_amount ELSE 0 END)",
    over="dwd_financial",
    unit="money",
    dates=_DATES,
    owner="team:finance",
)

platform_margin = metric(
    "What the platform keeps: commission less coupon subsidies and channel fees",
    """SUM(CASE WHEN event_type IN ('commission', 'coupon_subsidy', 'channel_fee')
        THEN signed_amount ELSE 0 END)""",
    over="dwd_financial",
    unit="money",
    dates=_DATES,
    owner="team:finance",
)
