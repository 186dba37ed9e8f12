"""One row per item of a reconciliation that is open at the end of the business date.

An item stays here, day by day, until it is matched, adjusted or written off.
"""

from warehouse_assets import modeling as m, vocabulary as v

RULES = m.every_rule(__name__)
COLUMNS = [
    "item_id",
    "state",
    "standing",
    "figure",
    "left_id",
    "right_id",
    "left_key",
    "right_key",
    "left_amount",
    "right_amount",
    "open_amount",
    "explained_amount",
    "currency",
    "first_date",
    "due_date",
    "age_days",
    "candidates",
    "explanation",
    "dt",
]


class AdsReconciliationOpenItem(m.Contract):
    """What does not agree and is not explained yet."""

    rule: m.Text = m.key(v.reconciliation_rule)
    item_id: m.Text = m.key(m.result_terms.item_id)
    state: m.Text = m.column(m.result_terms.state)
    standing: m.Text = m.column(
        m.result_terms.standing,
        isin=["open", "carried", "overdue"],
    )
    figure: m.Text = m.column(m.result_terms.figure, null=True)
    left_id: m.Text = m.column(m.result_terms.left_id, null=True)
    right_id: m.Text = m.column(m.result_terms.right_id, null=True)
    left_key: m.Text = m.column(m.result_terms.left_key, null=True)
    right_key: m.Text = m.column(m.result_terms.right_key, null=True)
    left_amount: m.Money = m.column(m.result_terms.left_amount)
    right_amount: m.Money = m.column(m.result_terms.right_amount)
    open_amount: m.Money = m.column(m.result_terms.open_amount)
    explained_amount: m.Money = m.column(m.result_terms.explained_amount)
    currency: m.Text = m.column(m.result_terms.currency)
    first_date: m.Day = m.column(m.result_terms.first_date)
    due_date: m.Day = m.column(m.result_terms.due_date)
    age_days: m.Integer = m.column(m.result_terms.age_days, ge=0)
    age_bucket: m.Text = m.column(
        "Age in days, as a range", isin=["0", "1", "2", "3", "4-7", "8-30", "older"]
    )
    candidates: m.Text = m.column(m.result_terms.candidates, null=True)
    explanation: m.Text = m.column(m.result_terms.explanation)
    dt: m.Day = m.partition("Business date at whose end the item is open")


ads_reconciliation_open_item = m.table(
    AdsReconciliationOpenItem,
    owner="team:finance",
    reads=RULES.reads,
    serving=m.served(view=m.materialized_view(sort_by=("rule", "standing"))),
    sort_by=("rule",),
    sql=f"""
        WITH results AS (
            {RULES.select(COLUMNS, where="is_open")}
        )
        SELECT
            rule,
            {", ".join(COLUMNS[:-1])},
            CASE
                WHEN age_days <= 3 THEN CAST(age_days AS VARCHAR)
                WHEN age_days <= 7 THEN '4-7'
                WHEN age_days <= 30 THEN '8-30'
                ELSE 'older'
            END AS age_bucket,
            dt
        FROM results
    """,
)
