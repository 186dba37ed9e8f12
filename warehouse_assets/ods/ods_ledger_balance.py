"""One row per account and currency, every day: the general ledger's balance of the account."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    guard,
    should,
    table,
)


class OdsLedgerBalance(DeliveredContract):
    """The general ledger's full trial balance."""

    account_code: Text = column("Account of the general ledger")
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    opening_balance_amount: Money = column("Balance at the beginning of the day, debit is positive")
    debit_amount: Money = column("Amount on the debit side", ge=0)
    credit_amount: Money = column("Amount on the credit side", ge=0)
    closing_balance_amount: Money = column("Balance at the end of the day, debit is positive")
    updated_at: Timestamp = column("When the source last changed the row")


ods_ledger_balance = table(
    OdsLedgerBalance,
    owner="team:finance",
    source=files(
        "finance/ledger_balance",
        format="csv",
        columns={
            "opening_balance_amount": "opening_amount",
            "closing_balance_amount": "closing_amount",
        },
    ),
    change_log=change_log(key=("account_code", "currency"), sequence="updated_at"),
    freshness=by("02:00"),
    checks=[
        should(
            "closing_adds_up",
            "closing_balance_amount = opening_balance_amount + debit_amount - credit_amount",
        ),
        guard(
            "debits_equal_credits",
            "COALESCE(SUM(debit_amount), 0) = COALESCE(SUM(credit_amount), 0)",
            warn=True,
        ),
    ],
)
