"""What sellers are settled, what the platform keeps and adds, and what is left over.

Money events are counted by the day they happened, or by a day of their order: by the paid date,
say, a refund belongs to the day its order was paid.
"""

from functools import partial

from warehouse_assets import modeling as m

_of_settled_lines = partial(
    m.metric, over="dwd_settlement_item", dates={"settled": "dt", "ordered": "ordered_date"}
)
_of_money_events = partial(
    m.metric,
    over="dwd_financial",
    unit="money",
    dates={
        "occurred": "dt",
        "ordered": "ordered_date",
        "paid": "paid_date",
        "shipped": "shipped_date",
        "settled": "settled_date",
    },
    owner="team:finance",
)

settled_line_count = _of_settled_lines(
    "Order lines settled", "COUNT(*)", unit="count", owner="team:merchant"
)

settled_amount = _of_settled_lines(
    "What buyers were to pay for the settled lines, before refunds and commission",
    "SUM(gross_amount)",
    unit="money",
    owner="team:merchant",
)

commission = _of_settled_lines(
    "Commission on the settled lines; refunds do not reduce it",
    "SUM(commission_amount)",
    unit="money",
    owner="team:finance",
)

platform_subsidy = _of_settled_lines(
    "The platform's share of coupons, paid to sellers with the settled lines",
    "SUM(subsidy_amount)",
    unit="money",
    owner="team:marketing",
)

seller_payable = _of_settled_lines(
    "What sellers are to be paid for the settled lines: gross - commission - refund + subsidy",
    "SUM(seller_payable_amount)",
    unit="money",
    owner="team:merchant",
)

take_rate = m.ratio(
    "Commission as a share of what buyers were to pay for the settled lines",
    part="commission",
    whole="settled_amount",
    owner="team:finance",
)

net_revenue = _of_money_events(
    "Money captured less refunds and chargebacks: what sellers are owed is still in it",
    """SUM(CASE WHEN event_type IN ('payment', 'refund', 'chargeback')
        THEN signed_amount ELSE 0 END)""",
)

platform_margin = _of_money_events(
    "What the platform keeps: commission less coupon subsidies and channel fees",
    """SUM(CASE WHEN event_type IN ('commission', 'coupon_subsidy', 'channel_fee')
        THEN signed_amount ELSE 0 END)""",
)
