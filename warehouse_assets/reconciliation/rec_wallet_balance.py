"""One row per wallet entry that follows another: the balance it states, and what entries make it.

The second comparison of wallets, beside rec_wallet, for it has a row for each entry, and the entry
before it on the right. A balance is the one before, plus or less the entry. One wrong balance is
one item: an entry also fits if it follows from one of the three before, or from two earlier ones:
a single one may be as wrong by the same amount. Of a user's first entry within the days that are
looked at nothing can be said; where the second does not follow from it, either may be wrong, and
both are named.
"""

from warehouse_assets import conventions as c, modeling as m

# What a balance would have been before all entries; equal for all of a wallet that is right.
ENTRIES = """
    WITH based AS (
        SELECT
            wallet_entry_no,
            user_id,
            currency,
            balance_amount,
            balance_change_amount,
            balance_amount - SUM(balance_change_amount) OVER (
                PARTITION BY user_id, currency ORDER BY occurred_at, wallet_entry_no
            ) AS base_amount,
            LAG(wallet_entry_no) OVER (
                PARTITION BY user_id, currency ORDER BY occurred_at, wallet_entry_no
            ) AS entry_before,
            LAG(balance_amount) OVER (
                PARTITION BY user_id, currency ORDER BY occurred_at, wallet_entry_no
            ) AS balance_before,
            occurred_at,
            dt
        FROM dwd_wallet_entry
        WHERE user_id IN (
            SELECT user_id FROM dwd_wallet_entry WHERE dt >= :start AND dt < :end
        )
    ),
    entries AS (
        SELECT
            wallet_entry_no,
            entry_before,
            currency,
            balance_amount,
            balance_before + balance_change_amount AS next_balance_amount,
            base_amount,
            LAG(base_amount, 1) OVER (
                PARTITION BY user_id, currency ORDER BY occurred_at, wallet_entry_no
            ) AS base_1,
            LAG(base_amount, 2) OVER (
                PARTITION BY user_id, currency ORDER BY occurred_at, wallet_entry_no
            ) AS base_2,
            LAG(base_amount, 3) OVER (
                PARTITION BY user_id, currency ORDER BY occurred_at, wallet_entry_no
            ) AS base_3,
            ROW_NUMBER() OVER (
                PARTITION BY user_id, currency, base_amount ORDER BY occurred_at, wallet_entry_no
            ) AS place,
            dt
        FROM based
    )
    SELECT
        wallet_entry_no,
        entry_before,
        currency,
        balance_amount,
        CASE
            WHEN base_amount IN (base_1, base_2, base_3) OR place > 2 THEN balance_amount
            ELSE next_balance_amount
        END AS expected_balance_amount,
        dt
    FROM entries
    WHERE entry_before IS NOT NULL
"""

rec_wallet_balance = m.reconciliation(
    owner="team:marketing",
    left=m.side(
        "dwd_wallet_entry",
        window=m.trailing(days=c.WALLET_DAYS + 1),
        rows=ENTRIES,
        row="wallet_entry_no",
        amount="balance_amount",
        word="stated as the balance",
    ),
    right=m.side(
        "dwd_wallet_entry",
        window=m.trailing(days=c.WALLET_DAYS + 1),
        rows=ENTRIES,
        row="entry_before",
        amount="expected_balance_amount",
        word="made by the entries",
    ),
    match="1:1",
    passes=[m.match_key("wallet entry", left=("wallet_entry_no",), right=("wallet_entry_no",))],
    open_days=1,
)
