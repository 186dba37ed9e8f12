"""One row per payout and delivery: what a channel paid out for the transactions of one day."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    Day,
    DeliveredContract,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)


class OdsPayout(DeliveredContract):
    """The payment center's change log of payouts."""

    payout_no: Text = column("Payout, unique in the payment center")
    channel: Text = column("Channel that moves the money: alipay, wechat_pay, card")
    merchant_no: Text = column("Account of the platform at the channel")
    settlement_batch: Text = column("Batch of transactions that the channel pays out together")
    batch_date: Day = column("Business date of the batch's transactions")
    gross_amount: Money = column("Amount before refunds, fees and commission", ge=0)
    refund_amount: Money = column("Money given back to buyers", ge=0)
    fee_amount: Money = column(
        "Fee of the channel: charged, given back with a refund, in totals the difference"
    )
    net_amount: Money = column("What is left after refunds and the channel's fees")
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    bank_account: Text = column("Bank account of the platform")
    bank_reference: Text = column("What a payout and its bank entry share", null=True)
    paid_out_at: Timestamp = column("When the channel paid out")
    updated_at: Timestamp = column("When the source last changed the row")


ods_payout = table(
    OdsPayout,
    owner="team:payment",
    source=files("payment_center/payout", format="csv"),
    change_log=change_log(key=("payout_no",), sequence="updated_at", event_time="paid_out_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("paid_out_at", days=3),
        should("net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)"),
    ],
)
