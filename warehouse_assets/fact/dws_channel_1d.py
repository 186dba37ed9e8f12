"""One row per payment method, business date and currency: what was paid, given back and billed.

Each channel is a payment method. The wallet, which is the platform's own, is one that nobody
bills.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DwsChannel1d(m.Contract):
    """A payment method's day in one currency."""

    payment_method: m.Text = m.key(v.payment_method)
    currency: m.Text = m.key(v.currency)
    payment_count: m.Integer = m.measure("payment_count", ge=0)
    paid_amount: m.Money = m.measure("paid_amount")
    refund_count: m.Integer = m.measure("refund_count", ge=0)
    refund_amount: m.Money = m.measure("refund_amount")
    billed_amount: m.Money = m.measure("billed_amount")
    billed_refund_amount: m.Money = m.measure("billed_refund_amount")
    channel_fee: m.Money = m.measure("channel_fee")
    dt: m.Day = m.partition(v.dt_events)


dws_channel_1d = m.table(
    DwsChannel1d,
    owner="team:payment",
    reads={
        "dwd_payment": m.same_day(),
        "dwd_refund": m.same_day(),
        "dwd_channel_bill": m.same_day(),
    },
    sql=m.metric_rollup(
        by=("payment_method", "currency"),
        sources={
            "dwd_channel_bill": m.rollup_source(
                dimensions={"payment_method": "dwd_channel_bill.channel"}
            )
        },
    ),
)
