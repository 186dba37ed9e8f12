"""One row per entry of a bank statement and delivery, as the bank booked it.

One credit may stand for several payouts, and may lack their reference.
"""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    Day,
    DeliveredContract,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    table,
)

DIRECTIONS = ["in", "out"]


class OdsBankStatement(DeliveredContract):
    """The bank's statements."""

    entry_no: Text = column("Entry, unique at the bank")
    bank_account: Text = column("Bank account of the platform")
    value_date: Day = column("Day from which the money counts for interest")
    booked_at: Timestamp = column("When the bank booked the entry")
    direction: Text = column(
        "Whether money comes in or goes out, seen from the platform's purse", isin=DIRECTIONS
    )
    amount: Money = column("Amount that is moved", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    bank_reference: Text = column("What a payout and its bank entry share", null=True)
    counterparty: Text = column("Who paid or was paid, as the bank names them")
    purpose: Text = column("What the payment is for, as its sender wrote it")
    updated_at: Timestamp = column("When the source last changed the row")


ods_bank_statement = table(
    OdsBankStatement,
    owner="team:finance",
    source=files("bank/statement", format="csv"),
    change_log=change_log(key=("entry_no",), sequence="updated_at", event_time="booked_at"),
    freshness=by("02:00"),
    checks=[delivered_in_time("booked_at", days=3)],
)
