"""One row per bank statement entry, on the business date of booking, as known three days later.

One credit may stand for several payouts, and may lack their reference.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    table,
)


class DwdBankEntry(Contract):
    """What moved on the platform's bank accounts."""

    entry_no: Text = key("Entry, unique at the bank")
    bank_account: Text = column("Bank account of the platform")
    value_date: Day = column("Day from which the money counts for interest")
    direction: Text = column("Whether money comes in or goes out, seen from the platform's purse")
    amount: Money = column("Amount that is moved")
    signed_amount: Money = column("Amount that comes in; negative: that goes out")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    bank_reference: Text = column("What a payout and its bank entry share", null=True)
    counterparty: Text = column("Who paid or was paid, as the bank names them")
    purpose: Text = column("What the payment is for, as its sender wrote it")
    booked_at: Timestamp = column("When the bank booked the entry")
    dt: Day = partition("Business date the bank booked the entry")


dwd_bank_entry = table(
    DwdBankEntry,
    owner="team:finance",
    reads={"ods_bank_statement": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("bank_account",),
    sql="""
        SELECT
            entry_no,
            bank_account,
            value_date,
            direction,
            amount,
            signed_money(direction, amount) AS signed_amount,
            currency,
            bank_reference,
            counterparty,
            purpose,
            booked_at,
            dt
        FROM ods_bank_statement
        WHERE dt >= :start AND dt < :end
    """,
)
