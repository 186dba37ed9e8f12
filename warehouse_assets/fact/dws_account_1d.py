"""One row per account, currency and business date: what was posted to the account."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    by,
    column,
    guard,
    key,
    partition,
    same_day,
    served,
    table,
)


class DwsAccount1d(Contract):
    """An account's day in one currency."""

    account_code: Text = key("Account of the general ledger", references="dim_account")
    currency: Text = key("Currency of the amounts (ISO 4217)")
    journal_line_count: Integer = column("Lines posted", ge=1)
    debit_amount: Money = column("Amount on the debit side", ge=0)
    credit_amount: Money = column("Amount on the credit side", ge=0)
    dt: Day = partition("Business date of the posting")


dws_account_1d = table(
    DwsAccount1d,
    owner="team:finance",
    reads={"dwd_journal_entry": same_day()},
    freshness=by("05:00"),
    serving=served(),
    checks=[guard("balances", "COALESCE(SUM(debit_amount), 0) = COALESCE(SUM(credit_amount), 0)")],
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
