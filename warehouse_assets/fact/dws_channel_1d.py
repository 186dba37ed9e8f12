"""One row per payment method, business date and currency: what was paid, given back and billed.

Each channel is a payment method. The wallet, which is the platform's own, is one that nobody
bills.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    by,
    key,
    measure,
    metric_rollup,
    partition,
    rollup_source,
    same_day,
    served,
    table,
)


class DwsChannel1d(Contract):
    """A payment method's day in one currency."""

    payment_method: Text = key("How the buyer paid: card, wallet, voucher, ...")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    payment_count: Integer = measure("payment_count", ge=0)
    paid_amount: Money = measure("paid_amount")
    refund_count: Integer = measure("refund_count", ge=0)
    refund_amount: Money = measure("refund_amount")
    billed_amount: Money = measure("billed_amount")
    billed_refund_amount: Money = measure("billed_refund_amount")
    channel_fee: Money = measure("channel_fee")
    dt: Day = partition("Business date of the money captured and given back")


dws_channel_1d = table(
    DwsChannel1d,
    owner="team:payment",
    reads={
        "dwd_payment": same_day(),
        "dwd_refund": same_day(),
        "dwd_channel_bill": same_day(),
    },
    freshness=by("05:00"),
    serving=served(),
    sql=metric_rollup(
        by=("payment_method", "currency"),
        sources={
            "dwd_channel_bill": rollup_source(
                dimensions={"payment_method": "dwd_channel_bill.channel"}
            )
        },
    ),
)
