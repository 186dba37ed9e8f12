"""One row per adjustment and delivery: a booking that a person typed in, with the reason."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsManualAdjustment(m.DeliveredContract):
    """Bookings by hand, from finance's adjustment sheet."""

    adjustment_no: m.Text = m.column(v.adjustment_no)
    business_no: m.Text = m.column(v.business_no, null=True)
    reconciliation_rule: m.Text = m.column(v.reconciliation_rule, null=True)
    reconciliation_item: m.Text = m.column(v.reconciliation_item, null=True)
    debit_account: m.Text = m.column(v.debit_account)
    credit_account: m.Text = m.column(v.credit_account)
    amount: m.Money = m.column(v.amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    reason: m.Text = m.column(v.reason)
    entered_by: m.Text = m.column(v.entered_by)
    approved_by: m.Text = m.column(v.approved_by, null=True)
    effective_date: m.Day = m.column(v.effective_date)
    entered_at: m.Timestamp = m.column(v.entered_at)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_manual_adjustment = m.table(
    OdsManualAdjustment,
    owner="team:finance",
    source=m.files("finance/manual_adjustment", format="csv"),
    change_log=m.change_log(key=("adjustment_no",), sequence="updated_at", event_time="entered_at"),
    checks=[
        v.moves_something,
        m.check("approved_by_another", "approved_by <> entered_by", warn=True),
    ],
)
