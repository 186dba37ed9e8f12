"""One row per channel bill: the totals that the channel states for it.

The bill's rows are in ods_channel_bill; what they add up to is compared with these.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsChannelBillSummary(m.DeliveredContract):
    """The channels' own totals of their bills."""

    channel: m.Text = m.column(v.channel)
    merchant_no: m.Text = m.column(v.merchant_no)
    bill_file: m.Text = m.column("Name of the bill's file")
    payment_count: m.Integer = m.column("Payments captured", ge=0)
    gross_amount: m.Money = m.column(v.gross_amount, ge=0)
    refund_count: m.Integer = m.column("Refunds that succeeded", ge=0)
    refund_amount: m.Money = m.column(v.refund_amount, ge=0)
    fee_amount: m.Money = m.column(v.fee_amount)
    net_amount: m.Money = m.column(v.net_amount)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)


ods_channel_bill_summary = m.table(
    OdsChannelBillSummary,
    owner="team:payment",
    source=m.files(
        "channel/summary",
        format="csv",
        columns={"payment_count": "pay_count", "gross_amount": "pay_amount"},
    ),
    checks=[v.net_adds_up],
)
