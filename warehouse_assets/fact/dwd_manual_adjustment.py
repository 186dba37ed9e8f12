"""One row per manual adjustment, on the business date it was typed in, as known three days later.

Whoever approves it does so after it was typed in: the version that says by whom is the newest.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Flag,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    should,
    table,
)


class DwdManualAdjustment(Contract):
    """Bookings that people typed in."""

    adjustment_no: Text = key("Adjustment, unique in finance")
    business_no: Text = column(
        "Number of what the row is about: an order, a payment, ...", null=True
    )
    debit_account: Text = column("Code of the account that is debited")
    credit_account: Text = column("Code of the account that is credited")
    amount: Money = column("Amount that is moved")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    reason: Text = column("Why, in the words of the person who asked")
    entered_by: Text = column("Who typed it in")
    approved_by: Text = column("Who approved it", null=True)
    is_approved: Flag = column("Whether somebody else than who typed it in approved it")
    effective_date: Day = column("Business date the adjustment is meant for")
    entered_at: Timestamp = column("When it was typed in")
    dt: Day = partition("Business date the adjustment was typed in")


dwd_manual_adjustment = table(
    DwdManualAdjustment,
    owner="team:finance",
    reads={"ods_manual_adjustment": newest(following(days=3))},
    freshness=by("05:00"),
    checks=[
        should("approved_by_another", "is_approved"),
        should("moves_something", "amount > 0 AND debit_account <> credit_account"),
    ],
    sql="""
        SELECT
            adjustment_no,
            business_no,
            debit_account,
            credit_account,
            amount,
            currency,
            reason,
            entered_by,
            approved_by,
            COALESCE(approved_by <> entered_by, FALSE) AS is_approved,
            effective_date,
            entered_at,
            dt
        FROM ods_manual_adjustment
        WHERE dt >= :start AND dt < :end
    """,
)
