"""One row per payout, or payouts, and the bank entry they came in as, or what stands alone.

The bank may book several payouts as one credit, and may lose their reference: then amounts of the
same account that add up are looked for within two days. A payout below zero is debited. What
the bank books without a payout is here if it comes in; of what goes out, if it has no reference.
"""

from warehouse_assets import modeling as m

rec_payout_bank = m.reconciliation(
    owner="team:finance",
    left=m.side(
        "dwd_payout",
        row="payout_no",
        amount="net_amount",
        status="bank_account",
        where="net_amount <> 0",
        word="paid out",
    ),
    right=m.side(
        "dwd_bank_entry",
        rows="""
            SELECT entry_no, bank_account, signed_amount, currency, bank_reference, dt
            FROM dwd_bank_entry AS e
            WHERE direction = 'in'
                OR bank_reference IS NULL
                OR EXISTS (SELECT 1 FROM dwd_payout AS p WHERE p.bank_reference = e.bank_reference)
        """,
        row="entry_no",
        amount="signed_amount",
        status="bank_account",
        word="credited",
    ),
    match="n:1",
    passes=[
        m.match_key("bank reference", left=("bank_reference",), right=("bank_reference",)),
        m.match_sum(
            "amounts of the account", left=("bank_account",), right=("bank_account",), days=2
        ),
    ],
    open_days=5,
)
