"""One row per line of a report on the reconciliations of a business date, for each report made.

Nothing is ever changed here: where a day turns out otherwise, by late rows or a new rule, it is
reported again under the next number. What agrees is one line for each state and currency, every
other item has a line of its own, and each rule has a line, also on a day without rows.
"""

from warehouse_assets import modeling as m, vocabulary as v

RULES = m.every_rule(__name__)


class AdsReconciliationReport(m.Contract):
    """What was reported of each business date, and when, and from what."""

    report_no: m.Integer = m.key("Report on the business date, counted from 1", ge=1)
    rule: m.Text = m.key(v.reconciliation_rule)
    line_id: m.Text = m.key("Item; of items that agree, their state, a colon and the currency")
    kind: m.Text = m.column("What the line stands for", isin=["rule", "agreement", "item"])
    state: m.Text = m.column(m.result_terms.state)
    standing: m.Text = m.column(
        m.result_terms.standing,
        isin=["closed", "open", "carried", "overdue"],
    )
    is_open: m.Flag = m.column(m.result_terms.is_open)
    item_count: m.Integer = m.column("Items that the line stands for", ge=0)
    earlier_count: m.Integer = m.column("Of these: open since an earlier day", ge=0)
    currency: m.Text = m.column(m.result_terms.currency)
    left_count: m.Integer = m.column(m.result_terms.left_count, ge=0)
    right_count: m.Integer = m.column(m.result_terms.right_count, ge=0)
    left_amount: m.Money = m.column(m.result_terms.left_amount)
    right_amount: m.Money = m.column(m.result_terms.right_amount)
    difference_amount: m.Money = m.column(m.result_terms.difference_amount)
    open_amount: m.Money = m.column(m.result_terms.open_amount)
    explained_amount: m.Money = m.column(m.result_terms.explained_amount)
    tolerance_amount: m.Money = m.column(m.result_terms.tolerance_amount, ge=0)
    first_date: m.Day = m.column(m.result_terms.first_date)
    due_date: m.Day = m.column(m.result_terms.due_date, null=True)
    age_days: m.Integer = m.column(m.result_terms.age_days, null=True)
    figure: m.Text = m.column(m.result_terms.figure, null=True)
    match_pass: m.Text = m.column(m.result_terms.match_pass, null=True)
    left_id: m.Text = m.column(m.result_terms.left_id, null=True)
    right_id: m.Text = m.column(m.result_terms.right_id, null=True)
    left_key: m.Text = m.column(m.result_terms.left_key, null=True)
    right_key: m.Text = m.column(m.result_terms.right_key, null=True)
    other_currency: m.Text = m.column(m.result_terms.other_currency, null=True)
    left_fee_amount: m.Money = m.column(m.result_terms.left_fee_amount, null=True)
    right_fee_amount: m.Money = m.column(m.result_terms.right_fee_amount, null=True)
    left_status: m.Text = m.column(m.result_terms.left_status, null=True)
    right_status: m.Text = m.column(m.result_terms.right_status, null=True)
    left_date: m.Day = m.column(m.result_terms.left_date, null=True)
    right_date: m.Day = m.column(m.result_terms.right_date, null=True)
    candidates: m.Text = m.column(m.result_terms.candidates, null=True)
    explanation: m.Text = m.column(m.result_terms.explanation)
    reported_at: m.Timestamp = m.column("When the run made the report", null=True)
    run_id: m.Text = m.column("The run that made the report", null=True)
    rule_version: m.Text = m.column("Code version of the rule that gave the results", null=True)
    result_publication_id: m.Text = m.column("Publication of the rule's results", null=True)
    left_table: m.Text = m.column("Table of the left", null=True)
    left_snapshot_id: m.Text = m.column("Snapshot of the left that the rule saw", null=True)
    right_table: m.Text = m.column("Table of the right", null=True)
    right_snapshot_id: m.Text = m.column("Snapshot of the right that the rule saw", null=True)
    dt: m.Day = m.partition("Business date that the report is on")


ads_reconciliation_report = m.table(
    AdsReconciliationReport,
    owner="team:finance",
    materialization=m.keep_reports(),
    reads={**RULES.reads, "dim_date": m.whole_table()},
    sort_by=("report_no", "rule"),
    sql=m.kept_report_lines(RULES),
)
