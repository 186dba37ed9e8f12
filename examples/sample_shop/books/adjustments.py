"""SQL of what people type into the books by hand: manual adjustments, two to five a day."""

from __future__ import annotations

LARGEST_ADJUSTMENT_COUNT = 5
"""Adjustments that a day may have at most."""

ADJUSTMENT_TABLE = """
CREATE TABLE adjustment_template AS SELECT
    ['6602', '6601', '2202', '1002', '2205', '6602'] AS debit_accounts,
    ['2202', '9999', '6001', '9999', '9999', '9999'] AS credit_accounts,
    ['补贴少计, 商家申诉通过', 'Channel fee invoiced apart from the bill',
     '违约金: late shipping', 'Unknown receipt, "待查"', 'Clearing difference written off',
     'Campaign cost, typed in from a letter'] AS reasons,
    ['li.na', 'wang.wei', 'zhang.min', 'chen.jie', 'liu.yang'] AS people;
"""


def _adjusted(first_id: str, end_id: str) -> str:
    return f"""
SELECT
    *,
    (SELECT debit_accounts FROM adjustment_template)[template] AS debit_account,
    (SELECT credit_accounts FROM adjustment_template)[template] AS credit_account,
    100 + below(adjustment_key >> 8, 49900) AS amount_cents,
    day_start + 32400 + 3600 * id + below(adjustment_key >> 24, 3600) AS entered_at
FROM (
    SELECT
        r.id, d.*, draw(draw(s.people_key, 61), d.day_index * 16 + r.id) AS adjustment_key,
        1 + below(draw(draw(s.people_key, 62), d.day_index * 16 + r.id), 6) AS template
    FROM range({first_id}, {end_id}) AS r(id), delivery_day AS d, shop AS s
    WHERE r.id < 2 + below(draw(draw(s.people_key, 63), d.day_index), 4)
)
"""


ADJUSTED_AMOUNTS = f"""
SELECT debit_account, credit_account, amount_cents
FROM ({_adjusted("0", str(LARGEST_ADJUSTMENT_COUNT))})
ORDER BY id
"""
"""What a day's adjustments move: account debited, account credited, cents."""

# Typed in first, then approved by somebody else within the hour: two versions on the same day.
ADJUSTMENTS = f"""
SELECT
    'A' || strftime(effective_date, '%Y%m%d') || lpad((id + 1)::VARCHAR, 4, '0') AS adjustment_no,
    CASE WHEN template = 2
        THEN payout_no('alipay', effective_date - 1, 'CNY') END AS business_no,
    debit_account,
    credit_account,
    amount(amount_cents) AS amount,
    'CNY' AS currency,
    (SELECT reasons FROM adjustment_template)[template] AS reason,
    people[1 + author] AS entered_by,
    CASE WHEN is_approved THEN people[1 + (author + 1 + id % 3) % 5] END AS approved_by,
    effective_date,
    instant(entered_at) AS entered_at,
    instant(
        CASE WHEN is_approved THEN entered_at + 60 + below(adjustment_key >> 40, 3000)
        ELSE entered_at END
    ) AS updated_at
FROM (
    SELECT
        *,
        unnest([false, true]) AS is_approved,
        date_of_day(day_index) AS effective_date,
        below(adjustment_key >> 44, 5) AS author,
        (SELECT people FROM adjustment_template) AS people
    FROM ({_adjusted("$first", "$end")})
)
"""
