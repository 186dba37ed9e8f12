"""One row per reconciliation, currency and business date: how much agrees, and how much does not.

Amounts of different items are summed up without their signs: a surplus does not hide a lack.
"""

from warehouse_assets import modeling as m, vocabulary as v

RULES = m.every_rule(__name__)


class AdsReconciliationDiffRate(m.Contract):
    """The day of each reconciliation in figures."""

    rule: m.Text = m.key(v.reconciliation_rule)
    currency: m.Text = m.key(m.result_terms.currency)
    left_amount: m.Money = m.column(m.result_terms.left_amount)
    right_amount: m.Money = m.column(m.result_terms.right_amount)
    matched_count: m.Integer = m.column("Items on which the sides agree, within tolerance or not")
    within_tolerance_count: m.Integer = m.column("Of these: not to the cent, but tolerated")
    timing_count: m.Integer = m.column("Of these: with the sides on different days")
    new_item_count: m.Integer = m.column("Items that are open since this day")
    open_item_count: m.Integer = m.column("Items that are open at the end of the day")
    overdue_item_count: m.Integer = m.column("Of these: open for longer than the rule allows")
    closed_item_count: m.Integer = m.column("Items of earlier days that were closed on this day")
    new_item_amount: m.Money = m.column("Open amounts of new items, without signs", ge=0)
    open_item_amount: m.Money = m.column("Open amounts of all items, without signs", ge=0)
    overdue_item_amount: m.Money = m.column("Open amounts of overdue items, without signs", ge=0)
    net_open_amount: m.Money = m.column("Open amounts of all items, left less right")
    new_item_rate: m.Rate = m.column(
        "New items as a share of the items that began on the day", ge=0
    )
    dt: m.Day = m.partition("Business date of the report")


ads_reconciliation_diff_rate = m.table(
    AdsReconciliationDiffRate,
    owner="team:finance",
    reads=RULES.reads,
    sql=f"""
        WITH items AS (
            {
        RULES.select(
            [
                "currency",
                "other_currency",
                "state",
                "standing",
                "is_open",
                "left_amount",
                "right_amount",
                "open_amount",
                "first_date",
                "dt",
            ]
        )
    }
        ),
        results AS (
            SELECT
                rule, currency, state, standing, is_open, left_amount,
                CASE WHEN other_currency IS NULL THEN right_amount ELSE 0 END AS right_amount,
                open_amount, first_date, dt
            FROM items
            UNION ALL
            -- Of sides in two currencies the item is counted in that of the left.
            SELECT
                rule, other_currency, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), FALSE, 0,
                right_amount, 0, CAST(NULL AS DATE), dt
            FROM items
            WHERE other_currency IS NOT NULL
        ),
        totals AS (
            SELECT
                rule,
                currency,
                SUM(left_amount) AS left_amount,
                SUM(right_amount) AS right_amount,
                SUM(
                    CASE
                        WHEN {RULES.agrees} THEN 1
                        ELSE 0
                    END
                ) AS matched_count,
                SUM(CASE WHEN state = 'matched_within_tolerance' THEN 1 ELSE 0 END)
                    AS within_tolerance_count,
                SUM(CASE WHEN state = 'timing' THEN 1 ELSE 0 END) AS timing_count,
                SUM(CASE WHEN standing = 'open' THEN 1 ELSE 0 END) AS new_item_count,
                SUM(CASE WHEN is_open THEN 1 ELSE 0 END) AS open_item_count,
                SUM(CASE WHEN standing = 'overdue' THEN 1 ELSE 0 END) AS overdue_item_count,
                SUM(CASE WHEN NOT is_open AND first_date < dt THEN 1 ELSE 0 END)
                    AS closed_item_count,
                SUM(CASE WHEN standing = 'open' THEN ABS(open_amount) ELSE 0 END)
                    AS new_item_amount,
                SUM(ABS(open_amount)) AS open_item_amount,
                SUM(CASE WHEN standing = 'overdue' THEN ABS(open_amount) ELSE 0 END)
                    AS overdue_item_amount,
                SUM(open_amount) AS net_open_amount,
                SUM(CASE WHEN first_date = dt THEN 1 ELSE 0 END) AS begun_count,
                dt
            FROM results
            GROUP BY rule, currency, dt
        )
        SELECT
            rule,
            currency,
            left_amount,
            right_amount,
            matched_count,
            within_tolerance_count,
            timing_count,
            new_item_count,
            open_item_count,
            overdue_item_count,
            closed_item_count,
            new_item_amount,
            open_item_amount,
            overdue_item_amount,
            net_open_amount,
            COALESCE(
                divide_rate(
                    CAST(new_item_count AS DECIMAL(18, 2)), CAST(begun_count AS DECIMAL(18, 2))
                ),
                0
            ) AS new_item_rate,
            dt
        FROM totals
    """,
)
