"""One row per payout of a channel, on the business date it was paid out, as known three days later.

A payout is for the transactions of one day, which is `batch_date`.
"""

from warehouse_assets import modeling as m


class DwdPayout(m.Contract):
    """What channels pay out, net of refunds and fees."""

    payout_no: m.Text = m.key("Payout, unique in the payment center")
    channel: m.Text = m.ref("dim_channel", "Channel that moves the money: alipay, wechat_pay, card")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    settlement_batch: m.Text = m.column("Batch of transactions that the channel pays out together")
    batch_date: m.Day = m.column("Business date of the batch's transactions")
    gross_amount: m.Money = m.column("Amount before refunds, fees and commission")
    refund_amount: m.Money = m.column("Money given back to buyers")
    fee_amount: m.Money = m.column(
        "Fee of the channel: charged, given back with a refund, in totals the difference"
    )
    net_amount: m.Money = m.column("What is left after refunds and the channel's fees")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    bank_account: m.Text = m.column("Bank account of the platform")
    bank_reference: m.Text = m.column("What a payout and its bank entry share", null=True)
    paid_out_at: m.Timestamp = m.column("When the channel paid out")
    dt: m.Day = m.partition("Business date the channel paid out")


dwd_payout = m.table(
    DwdPayout,
    owner="team:payment",
    reads={"ods_payout": m.newest(m.following(days=3))},
    freshness=m.by("05:00"),
    sort_by=("channel",),
    checks=[
        m.should(
            "net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)"
        ),
        m.should("paid_out_after_batch", "dt >= batch_date"),
    ],
    sql="""
        SELECT
            payout_no,
            channel,
            merchant_no,
            settlement_batch,
            batch_date,
            gross_amount,
            refund_amount,
            fee_amount,
            net_amount,
            currency,
            bank_account,
            bank_reference,
            paid_out_at,
            dt
        FROM ods_payout
        WHERE dt >= :start AND dt < :end
    """,
)
