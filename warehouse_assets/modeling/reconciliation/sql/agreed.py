"""The SQL of what agrees to the cent: most pairs, which need no judgement and no explanation."""

from __future__ import annotations

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.rule import Rule
from warehouse_assets.modeling.reconciliation.sql.columns import MIXED, item_columns
from warehouse_assets.modeling.reconciliation.sql.judgement import (
    FIRST_DATE,
    ITEM_ID,
    allowed_amount,
)
from warehouse_assets.modeling.reconciliation.sql.words import explanation_of_days


def is_agreed(rule: Rule) -> str:
    """1 of a row of `joined` that began on the day and agrees in all that is compared, else 0.

    Nobody can have had a say in it: people adjust what was open before.
    """
    declared = {"amount": True, "fee": rule.left.fee, "status": rule.left.status}
    names = [name for name, is_declared in declared.items() if is_declared]
    names += [f"figure_{number}" for number in range(1, len(rule.figures) + 1)]
    equal = " AND ".join(f"left_{name} = right_{name}" for name in names)
    if rule.left.status and rule.match == "n:m":
        equal += f" AND left_status <> '{MIXED}'"
    return (
        f"CASE WHEN left_first_day >= :start AND right_first_day >= :start AND {equal} "
        "THEN 1 ELSE 0 END"
    )


def agreed(rule: Rule, due_date: str) -> str:
    """What agrees, with the columns of `described`.

    Args:
        rule: The rule.
        due_date: The last day of an item that began on `first_date`, as SQL.
    """
    listed = ", ".join(item_columns(rule))
    nothing = "CAST(0 AS DECIMAL(18, 2))"
    return (
        f"SELECT {listed}, {text_literal(rule.passes[0].name)} AS match_pass, "
        "CAST(NULL AS VARCHAR) AS candidates, item_id, first_date, left_currency AS currency, "
        f"{nothing} AS gap, {allowed_amount(rule)} AS allowed, {nothing} AS explained_amount, "
        "CAST(NULL AS VARCHAR) AS figure, "
        "CASE WHEN left_day = right_day THEN 'matched' ELSE 'timing' END AS state, "
        f"{due_date} AS due_date, FALSE AS is_open, {nothing} AS open_amount, "
        f"CASE WHEN left_day = right_day THEN '' ELSE {explanation_of_days(rule)} END "
        f"AS explanation FROM (SELECT {listed}, {ITEM_ID}, {FIRST_DATE} FROM joined "
        f"WHERE {is_agreed(rule)} = 1) AS j"
    )
