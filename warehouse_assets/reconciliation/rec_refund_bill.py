"""One row per refund and channel bill line that belong together, or what stands alone.

What went back to buyers through a channel is what the channel bills, and the channel gives back
its fee: by the contract of the day, of what was refunded.
"""

from warehouse_assets import modeling as m

rec_refund_bill = m.reconciliation(
    owner="team:payment",
    left=m.side(
        "dwd_refund",
        reads={"dim_channel": m.whole_table()},
        rows="""
            SELECT
                r.refund_no,
                r.payment_method,
                r.outward_refund_no,
                r.refund_amount,
                multiply_money(r.refund_amount, c.contract_fee_rate) AS returned_fee_amount,
                r.currency,
                r.dt
            FROM dwd_refund AS r
            LEFT JOIN dim_channel AS c
                ON c.channel = r.payment_method
                AND c.valid_from_date <= r.dt
                AND COALESCE(c.valid_to_date, :end) >= r.dt
            WHERE r.payment_method <> 'wallet'
        """,
        row="refund_no",
        amount="refund_amount",
        fee="returned_fee_amount",
        status="'succeeded'",
        word="refunded",
    ),
    right=m.side(
        "dwd_channel_bill",
        row="bill_line_id",
        amount="gross_amount",
        fee="fee_amount",
        status="success_word(is_successful)",
        where="bill_type = 'refund'",
        word="billed",
    ),
    match="1:1",
    passes=[
        m.match_key(
            "outward refund number",
            left=("payment_method", "outward_refund_no"),
            right=("channel", "outward_refund_no"),
        )
    ],
    open_days=7,
)
