"""One row per payout and delivery: what a channel paid out for the transactions of one day."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsPayout(m.DeliveredContract):
    """The payment center's change log of payouts."""

    payout_no: m.Text = m.column(v.payout_no)
    channel: m.Text = m.column(v.channel)
    merchant_no: m.Text = m.column(v.merchant_no)
    settlement_batch: m.Text = m.column(v.settlement_batch)
    batch_date: m.Day = m.column(v.batch_date)
    gross_amount: m.Money = m.column(v.gross_amount, ge=0)
    refund_amount: m.Money = m.column(v.refund_amount, ge=0)
    fee_amount: m.Money = m.column(v.fee_amount)
    net_amount: m.Money = m.column(v.net_amount)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    bank_account: m.Text = m.column(v.bank_account)
    bank_reference: m.Text = m.column(v.bank_reference, null=True)
    paid_out_at: m.Timestamp = m.column(v.paid_out_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_payout = m.table(
    OdsPayout,
    owner="team:payment",
    source=m.files("payment_center/payout", format="csv"),
    change_log=m.change_log(key=("payout_no",), sequence="updated_at", event_time="paid_out_at"),
    checks=[v.net_adds_up],
)
