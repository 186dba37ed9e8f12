"""One row per wallet entry and the payment, or refund, that it is about.

What is topped up and withdrawn is between the wallet and the bank, and not here. The balances that
the entries state are compared by rec_wallet_balance: every entry has one, not only those of
payments, and there the other side is the entry before.
"""

from warehouse_assets import modeling as m

rec_wallet = m.reconciliation(
    owner="team:marketing",
    left=m.side(
        "dwd_wallet_entry",
        where="entry_type IN ('payment', 'refund')",
        row="wallet_entry_no",
        amount="amount",
        word="moved in the wallet",
    ),
    right=m.side(
        "dwd_payment",
        reads={"dwd_refund": m.same_day()},
        rows="""
            SELECT payment_no AS business_no, 'payment' AS entry_type, paid_amount AS amount,
                currency, dt
            FROM dwd_payment
            WHERE payment_method = 'wallet'
            UNION ALL
            SELECT refund_no, 'refund', refund_amount, currency, dt
            FROM dwd_refund
            WHERE payment_method = 'wallet'
        """,
        row="business_no",
        amount="amount",
        word="paid or refunded",
    ),
    match="1:1",
    passes=[
        m.match_key(
            "payment or refund",
            left=("entry_type", "business_no"),
            right=("entry_type", "business_no"),
        )
    ],
    open_days=1,
)
