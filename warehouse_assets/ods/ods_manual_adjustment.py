"""One row per adjustment and delivery: a booking that a person typed in, with the reason."""

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
    should,
    table,
)


class OdsManualAdjustment(DeliveredContract):
    """Bookings by hand, from finance's adjustment sheet."""

    adjustment_no: Text = column("Adjustment, unique in finance")
    business_no: Text = column(
        "Number of what the row is about: an order, a payment, ...", null=True
    )
    debit_account: Text = column("Code of the account that is debited")
    credit_account: Text = column("Code of the account that is credited")
    amount: Money = column("Amount that is moved", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    reason: Text = column("Why, in the words of the person who asked")
    entered_by: Text = column("Who typed it in")
    approved_by: Text = column("Who approved it", null=True)
    effective_date: Day = column("Business date the adjustment is meant for")
    entered_at: Timestamp = column("When it was typed in")
    updated_at: Timestamp = column("When the source last changed the row")


ods_manual_adjustment = table(
    OdsManualAdjustment,
    owner="team:finance",
    source=files("finance/manual_adjustment", format="csv"),
    change_log=change_log(key=("adjustment_no",), sequence="updated_at", event_time="entered_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("entered_at", days=3),
        should("moves_something", "amount > 0 AND debit_account <> credit_account"),
        should("approved_by_another", "approved_by <> entered_by"),
    ],
)
