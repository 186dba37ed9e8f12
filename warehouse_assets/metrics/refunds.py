"""What goes back to buyers."""

from warehouse_assets.modeling import metric, ratio

refund_count = metric(
    "Refunds that succeeded",
    "COUNT(*)",
    over="dwd_refund",
    unit="count",
    dates={"refunded": "dt", "paid": "paid_date"},
    owner="team:payment",
)

refund_amount = metric(
    "Money given back to buyers",
    "SUM(refund_amount)",
    over="dwd_refund",
    unit="money",
    dates={"refunded": "dt", "paid": "paid_date"},
    owner="team:payment",
)

refund_rate = ratio(
    "Money given back that day as a share of the money captured that day",
    part="refund_amount",
    whole="paid_amount",
    counted_by=("refunded", "paid"),
    owner="team:payment",
)
