"""One row per adjustment and delivery: a booking that a person typed in, with the reason."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m


class OdsManualAdjustment(m.DeliveredContract):
    """Bookings by hand, from finance's adjustment sheet."""

    adjustment_no: m.Text = m.column("Adjustment, unique in finance")
    business_no: m.Text = m.column(
        "Number of what the row is about: an order, a payment, ...", null=True
    )
    debit_account: m.Text = m.column("Code of the account that is debited")
    credit_account: m.Text = m.column("Code of the account that is credited")
    amount: m.Money = m.column("Amount that is moved", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    reason: m.Text = m.column("Why, in the words of the person who asked")
    entered_by: m.Text = m.column("Who typed it in")
    approved_by: m.Text = m.column("Who approved it", null=True)
    effective_date: m.Day = m.column("Business date the adjustment is meant for")
    entered_at: m.Timestamp = m.column("When it was typed in")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_manual_adjustment = m.table(
    OdsManualAdjustment,
    owner="team:finance",
    source=files("finance/manual_adjustment", format="csv"),
    change_log=m.change_log(key=("adjustment_no",), sequence="updated_at", event_time="entered_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("entered_at", days=3),
        m.should("moves_something", "amount > 0 AND debit_account <> credit_account"),
        m.should("approved_by_another", "approved_by <> entered_by"),
    ],
)
