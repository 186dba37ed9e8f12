"""What channels say they moved, and what they charge for it.

A line that a bill repeats, and one whose money did not move, counts for nothing.
"""

from warehouse_assets.modeling import metric, ratio

_DATES = {"billed": "dt"}
"""The day on which the channel moved the money."""

billed_amount = metric(
    "Payments that channels say they captured",
    "SUM(CASE WHEN is_counted AND bill_type = 'pay' THEN gross_amount ELSE 0 END)",
    over="dwd_channel_bill",
    unit="money",
    dates=_DATES,
    owner="team:payment",
)

billed_refund_amount = metric(
    "Refunds that channels say they gave back",
    "SUM(CASE WHEN is_counted AND bill_type = 'refund' THEN gross_amount ELSE 0 END)",
    over="dwd_channel_bill",
    unit="money",
    dates=_DATES,
    owner="team:payment",
)

channel_fee = metric(
    "Fees that channels charge, less what they give back with refunds",
    "SUM(CASE WHEN is_counted THEN charged_fee(bill_type, fee_amount) ELSE 0 END)",
    over="dwd_channel_bill",
    unit="money",
    dates=_DATES,
    owner="team:finance",
)

channel_fee_rate = ratio(
    "Fees of channels as a share of the payments on their bills",
    part="channel_fee",
    whole="billed_amount",
    owner="team:finance",
)
