"""Rule 3 as one would write it in SQL without a framework: the same joins, all days at once.

A payment or bill line whose key is there before is a duplicate; the others meet in a full join.
It carries nothing from day to day, checks nothing, and has each item once.
"""

from __future__ import annotations

from benchmarks.reconciliation.payments import BILLS, PAYMENTS

_KEY = "channel, merchant_no, outward_no"
_STATE = """CASE
    WHEN l.id IS NULL THEN 'right_only'
    WHEN r.id IS NULL THEN 'left_only'
    WHEN NOT r.is_successful THEN 'status_mismatch'
    WHEN l.currency <> r.currency THEN 'currency_mismatch'
    WHEN l.amount <> r.amount THEN 'amount_mismatch'
    WHEN l.dt <> r.dt THEN 'timing'
    ELSE 'matched'
END"""
_NARROW = """
    {state} AS state, l.id AS left_id, r.id AS right_id,
    coalesce(l.channel, r.channel) AS channel,
    coalesce(l.merchant_no, r.merchant_no) AS merchant_no,
    coalesce(l.outward_no, r.outward_no) AS outward_no,
    l.amount AS left_amount, r.amount AS right_amount,
    coalesce(l.amount, 0) - coalesce(r.amount, 0) AS difference_amount,
    l.currency AS left_currency, r.currency AS right_currency,
    l.dt AS left_date, r.dt AS right_date
"""
_UNUSED = ", ".join(
    f"CAST(NULL AS {kind}) AS {side}_{name}"
    for kind, names in {
        "VARCHAR": ("key_2", "key_3"),
        "DECIMAL(18, 2)": ("fee_amount", *(f"figure_{number}_amount" for number in range(1, 5))),
    }.items()
    for name in names
    for side in ("left", "right")
)
# The columns of ReconciliationResult.
_WIDE = f"""
    CASE WHEN l.id IS NULL OR r.dt < l.dt THEN 'right:' || r.id ELSE 'left:' || l.id END AS item_id,
    {{state}} AS state,
    CASE WHEN {{state}} IN ('matched', 'timing') THEN 'closed' ELSE 'open' END AS standing,
    {{state}} NOT IN ('matched', 'timing') AS is_open,
    CASE WHEN l.id IS NOT NULL AND r.id IS NOT NULL THEN 'outward number' END AS match_pass,
    CASE WHEN {{state}} = 'amount_mismatch' THEN 'amount' END AS figure,
    l.id AS left_id, r.id AS right_id,
    l.channel || '|' || l.merchant_no || '|' || l.outward_no AS left_key,
    r.channel || '|' || r.merchant_no || '|' || r.outward_no AS right_key,
    CAST(l.id IS NOT NULL AS BIGINT) AS left_count,
    CAST(r.id IS NOT NULL AS BIGINT) AS right_count,
    coalesce(l.amount, 0) AS left_amount, coalesce(r.amount, 0) AS right_amount,
    coalesce(l.amount, 0) - coalesce(r.amount, 0) AS difference_amount,
    CASE WHEN {{state}} IN ('matched', 'timing') THEN 0
        ELSE coalesce(l.amount, 0) - coalesce(r.amount, 0) END AS open_amount,
    CAST(0 AS DECIMAL(18, 2)) AS explained_amount, CAST(0 AS DECIMAL(18, 2)) AS tolerance_amount,
    coalesce(l.currency, r.currency) AS currency,
    CASE WHEN l.currency <> r.currency THEN r.currency END AS other_currency,
    CASE WHEN l.id IS NOT NULL THEN 'succeeded' END AS left_status,
    CASE WHEN r.id IS NOT NULL THEN if(r.is_successful, 'succeeded', 'failed') END AS right_status,
    l.dt AS left_date, r.dt AS right_date, least(l.dt, r.dt) AS first_date,
    CAST(least(l.dt, r.dt) + 3 AS DATE) AS due_date,
    coalesce(abs(l.dt - r.dt), 0) AS age_days, CAST(NULL AS VARCHAR) AS candidates,
    CASE {{state}}
        WHEN 'matched' THEN ''
        WHEN 'timing' THEN concat('billed ', abs(l.dt - r.dt), ' day(s) from paid')
        WHEN 'left_only' THEN concat('paid ', l.amount, ' ', l.currency, ', not billed')
        WHEN 'right_only' THEN concat('billed ', r.amount, ' ', r.currency, ', not paid')
        ELSE concat('billed ', r.amount - l.amount, ' ', r.currency, ' more than paid')
    END AS explanation,
    {_UNUSED}
"""


def bare_sql(*, wide: bool = True) -> str:
    """The SELECT of the results of all days.

    Args:
        wide: With every column that the rule's table has, as its readers get them; else with
            keys, amounts, dates and the state alone.
    """
    columns = f"{_WIDE if wide else _NARROW}, greatest(l.dt, r.dt) AS dt"

    def selected(state: str) -> str:
        return f"SELECT {columns.replace('{state}', state)}"

    payments = (
        "SELECT payment_no AS id, payment_method AS channel, merchant_no, outward_no, "
        "paid_amount AS amount, currency, true AS is_successful, dt "
        f"FROM {PAYMENTS} WHERE payment_method <> 'wallet'"
    )
    bills = (
        "SELECT bill_line_id AS id, channel, merchant_no, outward_no, gross_amount AS amount, "
        f"currency, is_successful, dt FROM {BILLS} WHERE bill_type = 'pay'"
    )
    return f"""
        WITH {_side("l", payments)}, {_side("r", bills)}
        {selected(_STATE)} FROM l FULL JOIN r USING ({_KEY})
        UNION ALL
        {selected("'duplicate_left'")} FROM l_again AS l LEFT JOIN r ON false
        UNION ALL
        {selected("'duplicate_right'")} FROM r_again AS r LEFT JOIN l ON false
    """


def _side(name: str, rows: str) -> str:
    """The rows of a side whose key is there for the first time, and those that are there again."""
    placed = f"row_number() OVER (PARTITION BY {_KEY} ORDER BY dt, id) AS place"
    return f"""
        {name}_rows AS ({rows}),
        {name}_repeated AS (SELECT {_KEY} FROM {name}_rows GROUP BY ALL HAVING count(*) > 1),
        {name}_placed AS (
            SELECT *, {placed} FROM {name}_rows SEMI JOIN {name}_repeated USING ({_KEY})
        ),
        {name}_again AS (SELECT * EXCLUDE (place) FROM {name}_placed WHERE place > 1),
        {name} AS (
            SELECT * FROM {name}_rows ANTI JOIN {name}_repeated USING ({_KEY})
            UNION ALL
            SELECT * EXCLUDE (place) FROM {name}_placed WHERE place = 1
        )
    """
