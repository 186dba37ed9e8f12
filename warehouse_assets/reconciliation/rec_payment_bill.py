"""One row per payment and channel bill line that belong together, or what stands alone.

What buyers paid through a channel is what the channel bills, to the cent. A payment that is on
the bill of another day is found within three days. The wallet is the platform's own, no channel.
"""

from warehouse_assets import modeling as m

rec_payment_bill = m.reconciliation(
    owner="team:payment",
    left=m.side(
        "dwd_payment",
        row="payment_no",
        amount="paid_amount",
        status="'succeeded'",
        where="payment_method <> 'wallet'",
        word="paid",
    ),
    right=m.side(
        "dwd_channel_bill",
        row="bill_line_id",
        amount="gross_amount",
        status="success_word(is_successful)",
        where="bill_type = 'pay'",
        word="billed",
    ),
    match="1:1",
    passes=[
        m.match_key(
            "outward number",
            left=("payment_method", "merchant_no", "outward_no"),
            right=("channel", "merchant_no", "outward_no"),
        )
    ],
    open_days=3,
)
