"""One row per bank statement entry, on the business date of booking, as known three days later.

One credit may stand for several payouts, and may lack their reference.
"""

from warehouse_assets import modeling as m


class DwdBankEntry(m.Contract):
    """What moved on the platform's bank accounts."""

    entry_no: m.Text = m.key("Entry, unique at the bank")
    bank_account: m.Text = m.column("Bank account of the platform")
    value_date: m.Day = m.column("Day from which the money counts for interest")
    direction: m.Text = m.column(
        "Whether money comes in or goes out, seen from the platform's purse"
    )
    amount: m.Money = m.column("Amount that is moved")
    signed_amount: m.Money = m.column("Amount that comes in; negative: that goes out")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)")
    bank_reference: m.Text = m.column("What a payout and its bank entry share", null=True)
    counterparty: m.Text = m.column("Who paid or was paid, as the bank names them")
    purpose: m.Text = m.column("What the payment is for, as its sender wrote it")
    booked_at: m.Timestamp = m.column("When the bank booked the entry")
    dt: m.Day = m.partition("Business date the bank booked the entry")


dwd_bank_entry = m.table(
    DwdBankEntry,
    owner="team:finance",
    reads={"ods_bank_statement": m.newest(m.following(days=3))},
    freshness=m.by("05:00"),
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
