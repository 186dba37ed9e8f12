"""One row per channel bill: the totals that the channel states for it.

The bill's rows are in ods_channel_bill; what they add up to is compared with these.
"""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    by,
    column,
    should,
    table,
)


class OdsChannelBillSummary(DeliveredContract):
    """The channels' own totals of their bills."""

    channel: Text = column("Channel that moves the money: alipay, wechat_pay, card")
    merchant_no: Text = column("Account of the platform at the channel")
    bill_file: Text = column("Name of the bill's file")
    payment_count: Integer = column("Payments captured", ge=0)
    gross_amount: Money = column("Amount before refunds, fees and commission", ge=0)
    refund_count: Integer = column("Refunds that succeeded", ge=0)
    refund_amount: Money = column("Money given back to buyers", ge=0)
    fee_amount: Money = column(
        "Fee of the channel: charged, given back with a refund, in totals the difference"
    )
    net_amount: Money = column("What is left after refunds and the channel's fees")
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")


ods_channel_bill_summary = table(
    OdsChannelBillSummary,
    owner="team:payment",
    source=files(
        "channel/summary",
        format="csv",
        columns={"payment_count": "pay_count", "gross_amount": "pay_amount"},
    ),
    freshness=by("02:00"),
    checks=[
        should("net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)"),
    ],
)
