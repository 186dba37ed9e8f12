"""What is paid: money that was captured."""

from warehouse_assets.modeling import metric

payment_count = metric(
    "Payments captured",
    "COUNT(*)",
    over="dwd_payment",
    unit="count",
    dates={"paid": "dt"},
    owner="team:payment",
)

paid_amount = metric(
    "Money captured",
    "SUM(paid_amount)",
    over="dwd_payment",
    unit="money",
    dates={"paid": "dt"},
    owner="team:payment",
)
