"""One row per entry of a bank statement and delivery, as the bank booked it.

One credit may stand for several payouts, and may lack their reference.
"""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

DIRECTIONS = ["in", "out"]


class OdsBankStatement(m.DeliveredContract):
    """The bank's statements."""

    entry_no: m.Text = m.column("Entry, unique at the bank")
    bank_account: m.Text = m.column("Bank account of the platform")
    value_date: m.Day = m.column("Day from which the money counts for interest")
    booked_at: m.Timestamp = m.column("When the bank booked the entry")
    direction: m.Text = m.column(
        "Whether money comes in or goes out, seen from the platform's purse", isin=DIRECTIONS
    )
    amount: m.Money = m.column("Amount that is moved", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    bank_reference: m.Text = m.column("What a payout and its bank entry share", null=True)
    counterparty: m.Text = m.column("Who paid or was paid, as the bank names them")
    purpose: m.Text = m.column("What the payment is for, as its sender wrote it")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_bank_statement = m.table(
    OdsBankStatement,
    owner="team:finance",
    source=files("bank/statement", format="csv"),
    change_log=m.change_log(key=("entry_no",), sequence="updated_at", event_time="booked_at"),
    freshness=m.by("02:00"),
    checks=[m.delivered_in_time("booked_at", days=3)],
)
