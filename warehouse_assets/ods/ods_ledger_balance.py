"""One row per account and currency, every day: the general ledger's balance of the account."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsLedgerBalance(m.DeliveredContract):
    """The general ledger's full trial balance."""

    account_code: m.Text = m.column(v.account_code)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    opening_balance_amount: m.Money = m.column(v.opening_balance_amount)
    debit_amount: m.Money = m.column(v.debit_amount, ge=0)
    credit_amount: m.Money = m.column(v.credit_amount, ge=0)
    closing_balance_amount: m.Money = m.column(v.closing_balance_amount)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_ledger_balance = m.table(
    OdsLedgerBalance,
    owner="team:finance",
    source=m.files(
        "finance/ledger_balance",
        format="csv",
        columns={
            "opening_balance_amount": "opening_amount",
            "closing_balance_amount": "closing_amount",
        },
    ),
    change_log=m.change_log(key=("account_code", "currency"), sequence="updated_at"),
    checks=[
        m.check(
            "closing_adds_up",
            "closing_balance_amount = opening_balance_amount + debit_amount - credit_amount",
            warn=True,
        ),
        m.guard(
            "debits_equal_credits",
            "COALESCE(SUM(debit_amount), 0) = COALESCE(SUM(credit_amount), 0)",
            warn=True,
        ),
    ],
)
