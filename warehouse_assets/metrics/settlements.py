"""What sellers are settled, and what the platform keeps and adds."""

from warehouse_assets.modeling import metric, ratio

_DATES = {"settled": "dt", "ordered": "ordered_date"}
"""The days that settled lines are counted by."""

settled_line_count = metric(
    "Order lines settled",
    "COUNT(*)",
    over="dwd_settlement_item",
    unit="count",
    dates=_DATES,
    owner="team:merchant",
)

settled_amount = metric(
    "What the settled lines were sold for",
    "SUM(gross_amount)",
    over="dwd_settlement_item",
    unit="money",
    dates=_DATES,
    owner="team:merchant",
)

commission = metric(
    "Commission the platform keeps of the settled lines",
    "SUM(commission_amount)",
    over="dwd_settlement_item",
    unit="money",
    dates=_DATES,
    owner="team:finance",
)

platform_subsidy = metric(
    "The platform's share of coupons, paid to sellers with the settled lines",
    "SUM(subsidy_amount)",
    over="dwd_settlement_item",
    unit="money",
    dates=_DATES,
    owner="team:marketing",
)

seller_payable = metric(
    "What sellers are to be paid for the settled lines",
    "SUM(seller_payable_amount)",
    over="dwd_settlement_item",
    unit="money",
    dates=_DATES,
    owner="team:merchant",
)

take_rate = ratio(
    "Commission as a share of what the settled lines were sold for",
    part="commission",
    whole="settled_amount",
    owner="team:finance",
)
