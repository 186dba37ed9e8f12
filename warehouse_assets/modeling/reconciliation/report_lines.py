"""What a report says of a rule's day: one line for what agrees, and one for each other item."""

from __future__ import annotations

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.result import IS_AGREEMENT

RULE, AGREEMENT, ITEM = "rule", "agreement", "item"
"""Kinds of lines: the rule as a whole; items that agree, by state and currency; another item."""

_OF_ITEM = (
    "figure",
    "match_pass",
    "left_id",
    "right_id",
    "left_key",
    "right_key",
    "other_currency",
    "left_fee_amount",
    "right_fee_amount",
    "left_status",
    "right_status",
    "left_date",
    "right_date",
    "due_date",
    "age_days",
    "candidates",
)
_TYPES = {
    "left_fee_amount": "DECIMAL(18, 2)",
    "right_fee_amount": "DECIMAL(18, 2)",
    "left_date": "DATE",
    "right_date": "DATE",
    "due_date": "DATE",
    "age_days": "BIGINT",
}
_SUMMED = (
    "left_count",
    "right_count",
    "left_amount",
    "right_amount",
    "difference_amount",
    "open_amount",
    "explained_amount",
)
RESULT_COLUMNS = (
    "item_id",
    "state",
    "standing",
    "is_open",
    "currency",
    "first_date",
    *_OF_ITEM,
    *_SUMMED,
    "tolerance_amount",
    "explanation",
    "dt",
)
"""The columns of ReconciliationResult that the lines are made of."""

LINE_COLUMNS = (
    "rule",
    "line_id",
    "kind",
    "state",
    "standing",
    "is_open",
    "item_count",
    "earlier_count",
    "currency",
    *_SUMMED,
    "tolerance_amount",
    "first_date",
    *_OF_ITEM,
    "explanation",
    "dt",
)
"""The columns of a line."""


def report_lines(results: str, days: str) -> str:
    """A SELECT of LINE_COLUMNS over the results of rules.

    Args:
        results: A SELECT of `rule` and RESULT_COLUMNS.
        days: A SELECT of `rule` and `dt`: each rule and day that has a line of its own, also
            where it has no results.
    """
    return (
        f"WITH results AS ({results}), days AS ({days})\n"
        f"{_rules()}\nUNION ALL\n{_agreements()}\nUNION ALL\n{_items()}"
    )


def _rules() -> str:
    values = {
        "rule": "d.rule",
        "line_id": text_literal(RULE),
        "kind": text_literal(RULE),
        "state": text_literal(RULE),
        "standing": "'closed'",
        "is_open": "FALSE",
        "item_count": "COUNT(r.item_id)",
        "earlier_count": "SUM(CASE WHEN r.first_date < r.dt THEN 1 ELSE 0 END)",
        "currency": "'XXX'",
        **dict.fromkeys(_SUMMED, "CAST(0 AS DECIMAL(18, 2))"),
        "left_count": "COALESCE(SUM(r.left_count), 0)",
        "right_count": "COALESCE(SUM(r.right_count), 0)",
        **_nothing_of_items("d.dt"),
        "dt": "d.dt",
    }
    return (
        f"SELECT {_listed(values)} FROM days AS d "
        "LEFT JOIN results AS r ON r.rule = d.rule AND r.dt = d.dt GROUP BY d.rule, d.dt"
    )


def _agreements() -> str:
    values = {
        "rule": "rule",
        "line_id": "CONCAT(state, ':', currency)",
        "kind": text_literal(AGREEMENT),
        "state": "state",
        "standing": "'closed'",
        "is_open": "FALSE",
        "item_count": "COUNT(*)",
        "earlier_count": "SUM(CASE WHEN first_date < dt THEN 1 ELSE 0 END)",
        "currency": "currency",
        **{name: f"SUM({name})" for name in _SUMMED},
        **_nothing_of_items("dt"),
        "dt": "dt",
    }
    return (
        f"SELECT {_listed(values)} FROM results WHERE {IS_AGREEMENT} "
        "GROUP BY rule, state, currency, dt"
    )


def _items() -> str:
    values = {name: name for name in LINE_COLUMNS} | {
        "line_id": "item_id",
        "kind": text_literal(ITEM),
        "item_count": "1",
        "earlier_count": "CASE WHEN first_date < dt THEN 1 ELSE 0 END",
    }
    return f"SELECT {_listed(values)} FROM results WHERE NOT {IS_AGREEMENT}"


def _nothing_of_items(day: str) -> dict[str, str]:
    """Of a line that stands for several items, what only a single one has."""
    nulls = {name: f"CAST(NULL AS {_TYPES.get(name, 'VARCHAR')})" for name in _OF_ITEM}
    return {
        "tolerance_amount": "CAST(0 AS DECIMAL(18, 2))",
        "first_date": day,
        **nulls,
        "explanation": "''",
    }


def _listed(values: dict[str, str]) -> str:
    return ", ".join(f"{values[name]} AS {name}" for name in LINE_COLUMNS)
