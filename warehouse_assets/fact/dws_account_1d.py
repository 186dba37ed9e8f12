"""One row per account, currency and business date: what was posted to the account."""

from warehouse_assets import modeling as m, vocabulary as v


class DwsAccount1d(m.Contract):
    """An account's day in one currency."""

    account_code: m.Text = m.key(v.account_code, references="dim_account")
    currency: m.Text = m.key(v.currency)
    journal_line_count: m.Integer = m.column("Lines posted", ge=1)
    debit_amount: m.Money = m.column(v.debit_amount, ge=0)
    credit_amount: m.Money = m.column(v.credit_amount, ge=0)
    dt: m.Day = m.partition(v.dt_posted)


dws_account_1d = m.table(
    DwsAccount1d,
    owner="team:finance",
    reads={"dwd_journal_entry": m.same_day()},
    checks=[
        m.guard("balances", "COALESCE(SUM(debit_amount), 0) = COALESCE(SUM(credit_amount), 0)")
    ],
    sql="""
        SELECT
            account_code,
            currency,
            COUNT(*) AS journal_line_count,
            SUM(debit_amount) AS debit_amount,
            SUM(credit_amount) AS credit_amount,
            dt
        FROM dwd_journal_entry
        WHERE dt >= :start AND dt < :end
        GROUP BY account_code, currency, dt
    """,
)
