"""One row per payout of a channel, on the business date it was paid out, as known three days later.

A payout is for the transactions of one day, which is `batch_date`.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdPayout(m.Contract):
    """What channels pay out, net of refunds and fees."""

    payout_no: m.Text = m.key(v.payout_no)
    channel: m.Text = m.ref("dim_channel", v.channel)
    merchant_no: m.Text = m.column(v.merchant_no)
    settlement_batch: m.Text = m.column(v.settlement_batch)
    batch_date: m.Day = m.column(v.batch_date)
    gross_amount: m.Money = m.column(v.gross_amount)
    refund_amount: m.Money = m.column(v.refund_amount)
    fee_amount: m.Money = m.column(v.fee_amount)
    net_amount: m.Money = m.column(v.net_amount)
    currency: m.Text = m.column(v.currency)
    bank_account: m.Text = m.column(v.bank_account)
    bank_reference: m.Text = m.column(v.bank_reference, null=True)
    paid_out_at: m.Timestamp = m.column(v.paid_out_at)
    dt: m.Day = m.partition("Business date the channel paid out")


dwd_payout = m.table(
    DwdPayout,
    owner="team:payment",
    reads={"ods_payout": m.latest(c.delivery_window)},
    sort_by=("channel",),
    checks=[
        v.net_adds_up,
        m.check("paid_out_after_batch", "dt >= batch_date", warn=True),
    ],
    sql=m.select_from("ods_payout"),
)
