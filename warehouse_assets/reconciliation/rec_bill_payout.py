"""One row per settlement batch: the transactions on a channel's bill and what it paid out for them.

A batch is of one channel, merchant, currency and bill, whenever the money moved. It is open until
its payout is due, three days later.
"""

from decimal import Decimal

from warehouse_assets import conventions as c, modeling as m

rec_bill_payout = m.reconciliation(
    owner="team:payment",
    left=m.side(
        "dwd_channel_bill",
        window=m.trailing(days=c.LATE_DAYS + 1),
        date="bill_date",
        row="bill_line_id",
        amount="line_net(bill_type, gross_amount, fee_amount)",
        fee="charged_fee(bill_type, fee_amount)",
        where="is_counted",
        word="billed",
    ),
    right=m.side(
        "dwd_payout",
        row="payout_no",
        amount="net_amount",
        fee="fee_amount",
        word="paid out",
    ),
    match="n:1",
    passes=[
        m.match_key(
            "settlement batch",
            left=("channel", "merchant_no", "currency", "bill_date"),
            right=("channel", "merchant_no", "currency", "batch_date"),
        )
    ],
    open_days=3,
    # Every batch is open on its first day: channels pay out on the next at the earliest.
    diff_rate=Decimal(1),
)
