"""One row per account and currency whose balance moved: by the journal, and by the ledger.

What a day's lines of the journal move is compared with how far the ledger's balance moved since the
one before. So an item is open for as long as the two balances differ, with the difference as its
amount, and a difference is reported once and not again on each following day. A balance that the
ledger had before the warehouse's first date is not compared. That debits equal credits is checked
in dwd_journal_entry and ods_ledger_balance.
"""

from warehouse_assets import conventions as c, modeling as m

ROW = "CONCAT(account_code, ':', currency, ':', CAST(dt AS VARCHAR))"

rec_journal_ledger = m.reconciliation(
    owner="team:finance",
    left=m.side(
        "dws_account_1d",
        where="debit_amount <> credit_amount",
        row=ROW,
        amount="debit_amount - credit_amount",
        word="posted in the journal",
    ),
    right=m.side(
        "ods_ledger_balance",
        window=m.latest(m.trailing(days=c.LEDGER_DAYS + 1), by="delivery"),
        rows="""
            WITH balances AS (
                SELECT
                    account_code,
                    currency,
                    opening_balance_amount,
                    closing_balance_amount,
                    LAG(closing_balance_amount) OVER (
                        PARTITION BY account_code, currency ORDER BY dt
                    ) AS balance_before_amount,
                    dt
                FROM ods_ledger_balance
            )
            SELECT
                account_code,
                currency,
                closing_balance_amount
                - COALESCE(balance_before_amount, opening_balance_amount) AS amount,
                dt
            FROM balances
            WHERE closing_balance_amount
                <> COALESCE(balance_before_amount, opening_balance_amount)
        """,
        row=ROW,
        amount="amount",
        word="posted in the ledger",
    ),
    match="n:m",
    passes=[
        m.match_key(
            "account",
            left=("account_code", "currency"),
            right=("account_code", "currency"),
        )
    ],
    open_days=0,
    days_apart=0,
)
