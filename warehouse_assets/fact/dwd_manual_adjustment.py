"""One row per manual adjustment, on the business date it was typed in, as known three days later.

Whoever approves it does so after it was typed in: the version that says by whom is the latest.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdManualAdjustment(m.Contract):
    """Bookings that people typed in."""

    adjustment_no: m.Text = m.key(v.adjustment_no)
    business_no: m.Text = m.column(v.business_no, null=True)
    reconciliation_rule: m.Text = m.column(v.reconciliation_rule, null=True)
    reconciliation_item: m.Text = m.column(v.reconciliation_item, null=True)
    debit_account: m.Text = m.column(v.debit_account)
    credit_account: m.Text = m.column(v.credit_account)
    amount: m.Money = m.column(v.amount)
    currency: m.Text = m.column(v.currency)
    reason: m.Text = m.column(v.reason)
    entered_by: m.Text = m.column(v.entered_by)
    approved_by: m.Text = m.column(v.approved_by, null=True)
    is_approved: m.Flag = m.column("Whether somebody else than who typed it in approved it")
    is_posted: m.Flag = m.column("Whether it is posted: it is approved, or names no reconciliation")
    effective_date: m.Day = m.column(v.effective_date)
    entered_at: m.Timestamp = m.column(v.entered_at)
    dt: m.Day = m.partition("Business date the adjustment was typed in")


dwd_manual_adjustment = m.table(
    DwdManualAdjustment,
    owner="team:finance",
    reads={"ods_manual_adjustment": m.latest(c.delivery_window)},
    checks=[
        m.check("approved_by_another", "is_approved", warn=True),
        v.moves_something,
    ],
    sql=m.select_from(
        "ods_manual_adjustment",
        columns={
            "is_approved": "COALESCE(approved_by <> entered_by, FALSE)",
            "is_posted": (
                "reconciliation_rule IS NULL OR COALESCE(approved_by <> entered_by, FALSE)"
            ),
        },
    ),
)
