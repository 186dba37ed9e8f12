"""The SQL that hears people: adjustments that explain items, and items that are written off."""

from __future__ import annotations

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.rule import ADJUSTMENTS, DECISIONS, Rule, SideName
from warehouse_assets.modeling.reconciliation.sql.columns import Cte

# People adjust what was open when the day began: an adjustment of an item that is not, or of more
# than is open of it, is an item itself, and is tried again on the next day. Of several that name
# one item the oldest comes first, and none goes beyond what those before have left open.
_ACCEPTED = """
SELECT
    item_id, adjusts, currency, CASE WHEN open_amount < 0 THEN -amount ELSE amount END AS amount
FROM (
    SELECT
        a.item_id, a.adjusts, a.currency, a.amount, e.open_amount,
        SUM(a.amount) OVER (PARTITION BY a.adjusts ORDER BY a.first_date, a.item_id) AS up_to_here
    FROM adjustments AS a
    JOIN earlier AS e ON e.item_id = a.adjusts AND e.currency = a.currency
    WHERE e.state <> 'adjustment_refused' AND a.amount <= ABS(e.open_amount)
) AS s
WHERE up_to_here <= ABS(open_amount)
"""
# It explains left less right, as what is open: an item that turns round is not explained by it.
_EXPLAINED = """
SELECT item_id, currency, explained_amount AS amount FROM earlier WHERE explained_amount <> 0
UNION ALL
SELECT adjusts, currency, amount FROM accepted
"""
_REFUSED = """
SELECT
    a.item_id, a.adjusts, a.currency, a.first_date, a.amount,
    CASE WHEN o.item_id IS NULL THEN 0 ELSE 1 END AS is_written_off
FROM adjustments AS a
LEFT JOIN written_off AS o ON o.item_id = a.item_id
WHERE NOT EXISTS (SELECT 1 FROM accepted AS c WHERE c.item_id = a.item_id)
"""


def explained_ctes(name: str) -> list[Cte]:
    """The CTE `explained`, by item as named in `earlier`, and what it needs.

    Args:
        name: The name of the table of the rule's results.
    """
    return [
        ("adjustments", _adjustments(name)),
        ("accepted", _ACCEPTED),
        ("explained", _EXPLAINED),
    ]


def people_ctes(rule: Rule, name: str) -> list[Cte]:
    """The CTEs `adjusted`, `written_off` and `refused`, by item as named when rows are matched.

    Args:
        rule: The rule.
        name: The name of the table of its results.
    """
    return [
        ("written_off", _written_off(rule, name)),
        ("adjusted", _adjusted(rule)),
        ("refused", _REFUSED),
    ]


def _adjustments(name: str) -> str:
    """Approved adjustments that name the rule: of the day, and those refused before."""
    refused = "state = 'adjustment_refused'"
    return (
        "SELECT CONCAT('adjustment:', adjustment_no) AS item_id, "
        "reconciliation_item AS adjusts, currency, dt AS first_date, "
        f"CAST(amount AS DECIMAL(18, 2)) AS amount FROM {ADJUSTMENTS} "
        f"WHERE reconciliation_rule = {text_literal(name)} AND is_approved "
        "AND dt >= :start AND dt < :end\nUNION ALL\n"
        "SELECT item_id, candidates AS adjusts, currency, first_date, open_amount AS amount "
        f"FROM earlier WHERE {refused}"
    )


def _adjusted(rule: Rule) -> str:
    """What adjustments explain of each item; of those that are one sum now, all together."""
    amount = "CAST(SUM(amount) AS DECIMAL(18, 2)) AS amount"
    return f"SELECT item_id, {amount} FROM ({_now(rule, 'explained')}) AS a GROUP BY item_id"


def _written_off(rule: Rule, name: str) -> str:
    """Items that people wrote off on the day."""
    written_off = (
        f"SELECT item_id, 0 AS amount FROM {DECISIONS} "
        f"WHERE rule = {text_literal(name)} AND decision = 'write_off' "
        "AND dt >= :start AND dt < :end"
    )
    return f"SELECT DISTINCT item_id FROM ({_now(rule, f'({written_off})')}) AS w"


def _now(rule: Rule, named: str) -> str:
    """What is said of items, with those that a sum has taken under the name of its row."""
    many: SideName = "left" if rule.is_many("left") else "right"
    members = "\nUNION ALL\n".join(
        f"SELECT CONCAT('{many}:', a.id) AS member, CONCAT('{many}:', s.id) AS item_id "
        f"FROM {many}_addend_rows_{n} AS a JOIN {many}_summed_{n} AS s ON s.one_id = a.one_id"
        for n, each in enumerate(rule.passes, 1)
        if each.kind == "sum"
    )
    if not members:
        return f"SELECT item_id, amount FROM {named} AS e"
    return (
        f"SELECT COALESCE(m.item_id, e.item_id) AS item_id, e.amount FROM {named} AS e "
        f"LEFT JOIN ({members}) AS m ON m.member = e.item_id"
    )
