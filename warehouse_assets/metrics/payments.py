"""What buyers pay and get back, chargebacks among it, what of it channels bill, and invoices."""

from functools import partial

from warehouse_assets import modeling as m

_of_payments = partial(m.metric, over="dwd_payment", dates={"paid": "dt"}, owner="team:payment")
_of_refunds = partial(
    m.metric,
    over="dwd_refund",
    dates={"refunded": "dt", "paid": "paid_date"},
    owner="team:payment",
)
# A line that a bill repeats, and one whose money did not move, counts for nothing.
_of_bills = partial(
    m.metric, over="dwd_channel_bill", unit="money", dates={"billed": "dt"}, owner="team:payment"
)

payment_count = _of_payments("Payments captured", "COUNT(*)", unit="count")

paid_amount = _of_payments(
    "Money captured from buyers, without interest of instalments", "SUM(paid_amount)", unit="money"
)

refund_count = _of_refunds("Refunds that succeeded", "COUNT(*)", unit="count")

refund_amount = _of_refunds(
    "Amount of refunds to buyers; not negative", "SUM(refund_amount)", unit="money"
)

refund_rate = m.ratio(
    "Money given back that day as a share of the money captured that day",
    part="refund_amount",
    whole="paid_amount",
    counted_by=("refunded", "paid"),
    owner="team:payment",
)

billed_amount = _of_bills(
    "Gross amount of the payments on the bills of channels",
    "SUM(CASE WHEN is_counted AND bill_type = 'pay' THEN gross_amount ELSE 0 END)",
)

billed_refund_amount = _of_bills(
    "Amount of the refunds on the bills of channels; not negative",
    "SUM(CASE WHEN is_counted AND bill_type = 'refund' THEN gross_amount ELSE 0 END)",
)

channel_fee = _of_bills(
    "Fees that channels charge, less the fees they return with refunds",
    "SUM(CASE WHEN is_counted THEN charged_fee(bill_type, fee_amount) ELSE 0 END)",
    owner="team:finance",
)

channel_fee_rate = m.ratio(
    "Fees of channels as a share of the gross amount of the payments on their bills",
    part="channel_fee",
    whole="billed_amount",
    owner="team:finance",
)

invoice_amount = m.metric(
    "Invoiced, tax included; what red invoices take back is taken off",
    "SUM(signed_invoice_amount)",
    over="dwd_invoice",
    unit="money",
    dates={"issued": "dt"},
    owner="team:finance",
)
