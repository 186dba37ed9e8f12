"""One row per entry of the wallet ledger and delivery, with the balance after it."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsWalletEntry(m.DeliveredContract):
    """Marketing's wallet ledger."""

    wallet_entry_no: m.Text = m.column(v.wallet_entry_no)
    user_id: m.Integer = m.column(v.user_id)
    entry_type: m.Text = m.column(v.entry_type, isin=["top_up", "payment", "refund", "withdrawal"])
    wallet_direction: m.Text = m.column(v.wallet_direction, isin=["in", "out"])
    business_no: m.Text = m.column(v.business_no)
    amount: m.Money = m.column(v.amount, ge=0)
    balance_amount: m.Money = m.column(v.balance_amount)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_wallet_entry = m.table(
    OdsWalletEntry,
    owner="team:marketing",
    source=m.files(
        "marketing/wallet_entry", format="parquet", columns={"wallet_direction": "direction"}
    ),
    change_log=m.change_log(
        key=("wallet_entry_no",), sequence="updated_at", event_time="occurred_at"
    ),
    checks=[
        v.balance_not_overdrawn,
        m.check(
            "direction_fits_type",
            "(wallet_direction = 'in') = (entry_type IN ('top_up', 'refund'))",
            warn=True,
        ),
    ],
)
