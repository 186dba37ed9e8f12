"""The SQL that finds pairs of rows by a looser key and the amount: each the other's nearest.

Where several are equally near, none is taken: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.rule import DECISIONS, OTHER, SIDES, Pass, SideName
from warehouse_assets.modeling.reconciliation.sql.columns import Cte

_MOST_PAIRS = 400
"""Rows of one key and amount, left times right, among which pairs are looked for."""
_SHOWN = 5
"""Candidates that an ambiguous item names."""


def alike_ctes(
    number: int, each: Pass, rests: Mapping[SideName, str], is_rejected: str
) -> list[Cte]:
    """The CTEs of a pass: `nearest_N`, of pairs and how many each row has, and what they need.

    Args:
        number: The number of the pass, from 1.
        each: The pass.
        rests: What the passes before it have left over of each side, as queries in FROM.
        is_rejected: Whether a decision `d` rejects a pair of the rule, as SQL.
    """
    key = f"key_{number}"
    is_possible = not_rejected(is_rejected, "l.id", "r.id")
    ctes = [
        (
            f"{side}_counted_{number}",
            f"SELECT e.id, e.{key}, e.currency, e.amount, e.day, "
            f"COUNT(*) OVER (PARTITION BY e.{key}, e.currency, e.amount) AS alike "
            f"FROM {rests[side]} AS e WHERE e.{key} IS NOT NULL",
        )
        for side in SIDES
    ]
    ctes += [
        (
            f"candidates_{number}",
            "SELECT l.id AS left_id, r.id AS right_id, "
            "ABS(days_between(l.day, r.day)) AS distance "
            f"FROM left_counted_{number} AS l JOIN right_counted_{number} AS r "
            f"ON r.{key} = l.{key} AND r.currency = l.currency AND r.amount = l.amount "
            f"WHERE l.alike * r.alike <= {_MOST_PAIRS} "
            f"AND ABS(days_between(l.day, r.day)) <= {each.days} AND {is_possible}",
        ),
        (
            f"ranked_{number}",
            "SELECT left_id, right_id, "
            "RANK() OVER (PARTITION BY left_id ORDER BY distance) AS left_rank, "
            "RANK() OVER (PARTITION BY right_id ORDER BY distance) AS right_rank "
            f"FROM candidates_{number}",
        ),
        (
            f"nearest_{number}",
            "SELECT left_id, right_id, COUNT(*) OVER (PARTITION BY left_id) AS rights, "
            "COUNT(*) OVER (PARTITION BY right_id) AS lefts "
            f"FROM ranked_{number} WHERE left_rank = 1 AND right_rank = 1",
        ),
    ]
    return ctes + [
        (
            f"{side}_tied_{number}",
            f"SELECT {side}_id AS id, {OTHER[side]}_id AS candidate, ROW_NUMBER() OVER "
            f"(PARTITION BY {side}_id ORDER BY {OTHER[side]}_id) AS place "
            f"FROM nearest_{number} WHERE rights > 1 OR lefts > 1",
        )
        for side in SIDES
    ]


def equally_good(number: int, side: SideName) -> list[str]:
    """Rows of a side that several of the other fit: SELECTs of id and candidates."""
    key = f"key_{number}"
    return [
        f"SELECT id, {listed_candidates()} AS candidates FROM {side}_tied_{number} GROUP BY id",
        f"SELECT m.id, 'too many to list' AS candidates FROM {side}_counted_{number} AS m "
        f"WHERE EXISTS (SELECT 1 FROM {OTHER[side]}_counted_{number} AS o WHERE o.{key} = m.{key} "
        f"AND o.currency = m.currency AND o.amount = m.amount "
        f"AND m.alike * o.alike > {_MOST_PAIRS})",
    ]


def not_rejected(is_rejected: str, left_id: str, right_id: str) -> str:
    """Whether nobody has said of two rows that they do not belong together, as SQL.

    Args:
        is_rejected: Whether a decision `d` rejects a pair of the rule, as SQL.
        left_id: The row of the left, as SQL.
        right_id: The row of the right.
    """
    return (
        f"NOT EXISTS (SELECT 1 FROM {DECISIONS} AS d WHERE {is_rejected} "
        f"AND d.left_id = {left_id} AND d.right_id = {right_id})"
    )


def listed_candidates() -> str:
    """The first candidates of an item, and whether there are more, as SQL over their `place`s."""
    shown = [
        f"CASE WHEN COUNT(*) >= {place} THEN CONCAT({text_literal(', ' if place > 1 else '')}, "
        f"MAX(CASE WHEN place = {place} THEN candidate END)) ELSE '' END"
        for place in range(1, _SHOWN + 1)
    ]
    more = f"CASE WHEN COUNT(*) > {_SHOWN} THEN ', ...' ELSE '' END"
    return f"CONCAT({', '.join([*shown, more])})"
