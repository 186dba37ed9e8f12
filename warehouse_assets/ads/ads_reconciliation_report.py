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
    state: m.Text = m.column("How the sides compare; rule: of all its items")
    standing: m.Text = m.column(
        "Where the item stands at the end of the day",
        isin=["closed", "open", "carried", "overdue"],
    )
    is_open: m.Flag = m.column("Whether the item is still to be explained")
    item_count: m.Integer = m.column("Items that the line stands for", ge=0)
    earlier_count: m.Integer = m.column("Of these: open since an earlier day", ge=0)
    currency: m.Text = m.column("Currency (ISO 4217) of the amounts; XXX of points and units")
    left_count: m.Integer = m.column("Rows of the left", ge=0)
    right_count: m.Integer = m.column("Rows of the right", ge=0)
    left_amount: m.Money = m.column("Sum of the left's rows; 0 if it has none")
    right_amount: m.Money = m.column("Sum of the right's rows; 0 if it has none")
    difference_amount: m.Money = m.column("Left less right")
    open_amount: m.Money = m.column("What is still to be explained, left less right")
    adjusted_amount: m.Money = m.column("What approved adjustments have explained", ge=0)
    tolerance_amount: m.Money = m.column("How far the amounts may lie apart", ge=0)
    first_date: m.Day = m.column("Business date on which the item was seen first")
    due_date: m.Day = m.column("Last business date on which the item may be open", null=True)
    age_days: m.Integer = m.column("Days since the item was seen first", null=True)
    figure: m.Text = m.column("Name of the figure that differs", null=True)
    match_pass: m.Text = m.column("Name of the pass that matched the two sides", null=True)
    left_id: m.Text = m.column("Row of the left; of several, the first", null=True)
    right_id: m.Text = m.column("Row of the right; of several, the first", null=True)
    left_key: m.Text = m.column("Key of the left in the first pass", null=True)
    right_key: m.Text = m.column("Key of the right in the first pass", null=True)
    other_currency: m.Text = m.column("Currency of the right, where it is another", null=True)
    left_fee_amount: m.Money = m.column("Fee of the left", null=True)
    right_fee_amount: m.Money = m.column("Fee of the right", null=True)
    left_status: m.Text = m.column("Status of the left, in the rule's words", null=True)
    right_status: m.Text = m.column("Status of the right, in the rule's words", null=True)
    left_date: m.Day = m.column("Business date of the left; of several rows, the last", null=True)
    right_date: m.Day = m.column("Business date of the right; of several rows, the last", null=True)
    candidates: m.Text = m.column("Rows that fit equally well, or that make up a sum", null=True)
    explanation: m.Text = m.column("The difference in words; empty where there is none")
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
