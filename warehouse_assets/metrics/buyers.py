"""Who buys, and who comes back. Users are never summed up: the same one may be in two counts."""

from warehouse_assets import modeling as m

buyer_count = m.metric(
    "Users who placed an order",
    "COUNT(DISTINCT user_id)",
    over="dwd_order",
    unit="count",
    additivity="non-additive",
    dates={"ordered": "dt"},
    owner="team:user",
)

repeat_buyer_count = m.metric(
    "Users who placed an order and had another, not cancelled, in the 30 days before",
    "COUNT(DISTINCT CASE WHEN is_repeat_buyer THEN user_id END)",
    over="dws_user_1d",
    unit="count",
    additivity="non-additive",
    dates={"ordered": "dt"},
    owner="team:user",
)

repeat_rate = m.ratio(
    "Share of the buyers who had another order, not cancelled, in the 30 days before",
    part="repeat_buyer_count",
    whole="buyer_count",
    owner="team:user",
)
