"""One row per channel bill: the totals that the channel states for it.

The bill's rows are in ods_channel_bill; what they add up to is compared with these.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsChannelBillSummary(m.DeliveredContract):
    """The channels' own totals of their bills."""

    channel: m.Text = m.column("Channel that moves the money: alipay, wechat_pay, card")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    bill_file: m.Text = m.column("Name of the bill's file")
    payment_count: m.Integer = m.column("Payments captured", ge=0)
    gross_amount: m.Money = m.column("Amount before refunds, fees and commission", ge=0)
    refund_count: m.Integer = m.column("Refunds that succeeded", ge=0)
    refund_amount: m.Money = m.column("Money given back to buyers", ge=0)
    fee_amount: m.Money = m.column(
        "Fee of the channel: charged, given back with a refund, in totals the difference"
    )
    net_amount: m.Money = m.column("What is left after refunds and the channel's fees")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")


ods_channel_bill_summary = m.table(
    OdsChannelBillSummary,
    owner="team:payment",
    source=files(
        "channel/summary",
        format="csv",
        columns={"payment_count": "pay_count", "gross_amount": "pay_amount"},
    ),
    freshness=m.by("02:00"),
    checks=[
        m.should(
            "net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)"
        ),
    ],
)
