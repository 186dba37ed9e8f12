"""One row per payout and delivery: what a channel paid out for the transactions of one day."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsPayout(m.DeliveredContract):
    """The payment center's change log of payouts."""

    payout_no: m.Text = m.column("Payout, unique in the payment center")
    channel: m.Text = m.column("Channel that moves the money: alipay, wechat_pay, card")
    merchant_no: m.Text = m.column("Account of the platform at the channel")
    settlement_batch: m.Text = m.column("Batch of transactions that the channel pays out together")
    batch_date: m.Day = m.column("Business date of the batch's transactions")
    gross_amount: m.Money = m.column("Amount before refunds, fees and commission", ge=0)
    refund_amount: m.Money = m.column("Money given back to buyers", ge=0)
    fee_amount: m.Money = m.column(
        "Fee of the channel: charged, given back with a refund, in totals the difference"
    )
    net_amount: m.Money = m.column("What is left after refunds and the channel's fees")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    bank_account: m.Text = m.column("Bank account of the platform")
    bank_reference: m.Text = m.column("What a payout and its bank entry share", null=True)
    paid_out_at: m.Timestamp = m.column("When the channel paid out")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_payout = m.table(
    OdsPayout,
    owner="team:payment",
    source=files("payment_center/payout", format="csv"),
    change_log=m.change_log(key=("payout_no",), sequence="updated_at", event_time="paid_out_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("paid_out_at", days=3),
        m.should(
            "net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)"
        ),
    ],
)
