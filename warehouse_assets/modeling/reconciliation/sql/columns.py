"""The columns that a row of a side has on its way through a rule's SQL."""

from __future__ import annotations

from dataclasses import dataclass

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.rule import (
    NO_CURRENCY,
    SIDES,
    Rule,
    SideName,
    StatusWords,
)

Cte = tuple[str, str]
"""The name of a common table expression, and its SELECT."""
_NO_CURRENCY = f"'{NO_CURRENCY}'"
_MONEY = "DECIMAL(18, 2)"


@dataclass(frozen=True)
class RowColumn:
    """One column of a side's rows.

    Args:
        name: What it is called within the SQL.
        type: Its type, where a side has no row.
        given: What it is of a row of the side's table, as SQL.
        kept: What it is of an item of the day before, as SQL over the results.
        total: What it is of several rows of one key, as SQL.
    """

    name: str
    type: str
    given: str
    kept: str
    total: str


def row_columns(rule: Rule, name: SideName) -> list[RowColumn]:
    """The columns of a side's rows, in order; both sides have the same names."""
    side = rule.side(name)
    currency = result_currency(name)
    # A row without one is in none: it does not agree with a row that has one.
    in_currency = f"COALESCE({side.currency}, {_NO_CURRENCY})" if side.currency else _NO_CURRENCY
    lines = RowColumn("lines", "BIGINT", "1", f"{name}_count", "CAST(SUM(lines) AS BIGINT)")
    statuses = [
        RowColumn("status", "VARCHAR", _status(each), f"{name}_status", _SAME_STATUS)
        for each in [side.status]
        if each is not None
    ]
    keys = [getattr(each, name) for each in rule.passes]
    # A group keeps the row, and so the name, that it was carried with.
    first_id = "COALESCE(MIN(CASE WHEN first_day < :start THEN id END), MIN(id))"
    # Of an item of two sides the one that it is named after is the older: it stays so.
    began = f"CASE WHEN item_id LIKE '{name}:%' THEN first_date ELSE {name}_date END"
    return [
        RowColumn("id", "VARCHAR", _text(side.row), f"{name}_id", first_id),
        *(
            RowColumn(
                f"key_{number}",
                "VARCHAR",
                key_text(parts),
                f"{name}_key" if number == 1 else f"{name}_key_{number}",
                "key_1" if number == 1 else f"MIN(key_{number})",
            )
            for number, parts in enumerate(keys, 1)
        ),
        *([lines] if rule.counts_lines else []),
        _money("amount", side.amount, f"{name}_amount"),
        *([_money("fee", side.fee, f"{name}_fee_amount")] if side.fee else []),
        RowColumn("currency", "VARCHAR", in_currency, currency, "currency"),
        *statuses,
        RowColumn("day", "DATE", side.date, f"{name}_date", "MAX(day)"),
        RowColumn("first_day", "DATE", side.date, began, "MIN(first_day)"),
        *(
            _money(f"figure_{number}", side.figures[figure].sql, f"{name}_figure_{number}_amount")
            for number, figure in enumerate(rule.figures, 1)
        ),
    ]


def item_columns(rule: Rule) -> dict[str, str]:
    """Of an item, the columns of both sides, as left_amount: name -> type."""
    return {
        f"{side}_{column.name}": column.type
        for side in SIDES
        for column in row_columns(rule, side)
        # That of the item is its own: first_date.
        if column.name != "first_day"
    }


def result_currency(side: SideName) -> str:
    """The currency of a side, as SQL over the results."""
    return "currency" if side == "left" else "COALESCE(other_currency, currency)"


def key_text(parts: tuple[str, ...]) -> str:
    """A key as one text, as SQL: parts joined by |; NULL where a part is NULL or blank.

    A | within a part is written ~| and a ~ is written ~~, so that no two keys are the same text.
    """
    texts = [_text(part) for part in parts]
    # Most keys are plain: what has a blank, a | or a ~ is looked at more closely.
    plain = " AND ".join(f"{part} >= '!'" for part in texts)
    known = " AND ".join(f"TRIM({part}) <> ''" for part in texts)
    *before, last = texts
    escaped = [
        f"CASE WHEN {part} LIKE '%|%' OR {part} LIKE '%~%' "
        f"THEN REPLACE(REPLACE({part}, '~', '~~'), '|', '~|') ELSE {part} END"
        for part in before
    ]
    listed = ", '|', ".join([*escaped, last])
    joined = f"CONCAT({listed})" if before else last
    return f"CASE WHEN {plain} THEN {joined} WHEN {known} THEN {joined} END"


MIXED = "mixed"
"""The status of rows that have several: it is the same as no other, not even as another mix."""
_SAME_STATUS = (
    "CASE WHEN MIN(COALESCE(status, '')) = MAX(COALESCE(status, '')) "
    f"THEN MIN(status) ELSE '{MIXED}' END"
)


def _money(name: str, given: str, kept: str) -> RowColumn:
    total = f"CAST(SUM({name}) AS {_MONEY})"
    if name != "amount":
        # Each row has an amount; where one has no fee, or figure, that of the sum is not known.
        total = f"CASE WHEN COUNT({name}) = COUNT(*) THEN {total} END"
    return RowColumn(name, _MONEY, f"CAST({given} AS {_MONEY})", kept, total)


def _text(sql: str) -> str:
    return f"CAST({sql} AS VARCHAR)"


def _status(status: str | StatusWords) -> str:
    if isinstance(status, str):
        return status
    cases = " ".join(
        f"WHEN {text_literal(value)} THEN {text_literal(word)}"
        for value, word in status.words.items()
    )
    return f"CASE {status.column} {cases} ELSE {status.column} END"
