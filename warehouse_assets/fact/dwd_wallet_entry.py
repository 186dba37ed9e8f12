"""One row per wallet entry, on the business date it happened, as known three days later."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdWalletEntry(m.Contract):
    """What users put into their wallets and take out of them."""

    wallet_entry_no: m.Text = m.key(v.wallet_entry_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    entry_type: m.Text = m.column(v.entry_type)
    wallet_direction: m.Text = m.column(v.wallet_direction)
    business_no: m.Text = m.column(v.business_no)
    amount: m.Money = m.column(v.amount)
    balance_change_amount: m.Money = m.column(
        "Change of the balance: the amount, negative where it goes out"
    )
    balance_amount: m.Money = m.column(v.balance_amount)
    currency: m.Text = m.column(v.currency)
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    dt: m.Day = m.partition(v.dt_occurred)


dwd_wallet_entry = m.table(
    DwdWalletEntry,
    owner="team:marketing",
    reads={"ods_wallet_entry": m.latest(c.delivery_window)},
    sort_by=("user_id",),
    checks=[v.balance_not_overdrawn],
    sql=m.select_from(
        "ods_wallet_entry",
        columns={"balance_change_amount": "signed_money(wallet_direction, amount)"},
    ),
)
