"""One row per decision of a person on an item of a reconciliation, on the date it was taken.

`ledgerlake reconcile` records them: that a pair belongs together, or does not; that an item is
written off. Nothing is ever changed: another decision is another row.
"""

from warehouse_assets import modeling as m, vocabulary as v


class OdsReconciliationDecision(m.Contract):
    """Decisions of people on open items."""

    decision_no: m.Text = m.key("Decision, unique")
    rule: m.Text = m.column(v.reconciliation_rule)
    item_id: m.Text = m.column(m.result_terms.item_id)
    left_id: m.Text = m.column(m.result_terms.left_id, null=True)
    right_id: m.Text = m.column(m.result_terms.right_id, null=True)
    decision: m.Text = m.column("What was decided", isin=["confirm", "reject", "write_off"])
    decided_by: m.Text = m.column("Who decided")
    reason: m.Text = m.column(v.reason)
    decided_at: m.Timestamp = m.column("When it was decided")
    dt: m.Day = m.partition("Business date on which it was decided")


ods_reconciliation_decision = m.table(
    OdsReconciliationDecision,
    owner="team:finance",
    materialization=m.recorded(),
    checks=[
        m.check(
            "pair_has_both_sides",
            "decision = 'write_off' OR (left_id IS NOT NULL AND right_id IS NOT NULL)",
        )
    ],
)
