"""One row per payout of a channel, on the business date it was paid out, as known three days later.

A payout is for the transactions of one day, which is `batch_date`.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdPayout(Contract):
    """What channels pay out, net of refunds and fees."""

    payout_no: Text = key("Payout, unique in the payment center")
    channel: Text = ref("dim_channel", "Channel that moves the money: alipay, wechat_pay, card")
    merchant_no: Text = column("Account of the platform at the channel")
    settlement_batch: Text = column("Batch of transactions that the channel pays out together")
    batch_date: Day = column("Business date of the batch's transactions")
    gross_amount: Money = column("Amount before refunds, fees and commission")
    refund_amount: Money = column("Money given back to buyers")
    fee_amount: Money = column(
        "Fee of the channel: charged, given back with a refund, in totals the difference"
    )
    net_amount: Money = column("What is left after refunds and the channel's fees")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    bank_account: Text = column("Bank account of the platform")
    bank_reference: Text = column("What a payout and its bank entry share", null=True)
    paid_out_at: Timestamp = column("When the channel paid out")
    dt: Day = partition("Business date the channel paid out")


dwd_payout = table(
    DwdPayout,
    owner="team:payment",
    reads={"ods_payout": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("channel",),
    checks=[
        should("net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)"),
        should("paid_out_after_batch", "dt >= batch_date"),
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
