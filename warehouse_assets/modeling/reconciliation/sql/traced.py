"""What a rule's results are made of, as a short SELECT: for lineage, in place of the whole SQL."""

from __future__ import annotations

from warehouse_assets.modeling.reconciliation.result import FIGURES, PASSES
from warehouse_assets.modeling.reconciliation.rule import ADJUSTMENTS, SIDES, Rule, SideName
from warehouse_assets.modeling.reconciliation.sql.columns import row_columns
from warehouse_assets.modeling.reconciliation.sql.sides import rows_of


def traced_statement(rule: Rule) -> str:
    """A SELECT with the contract's columns, each of the columns of the inputs that decide it."""
    own = {side: [column.name for column in row_columns(rule, side)] for side in SIDES}
    everything = ", ".join(f"{side[0]}.{name}" for side in SIDES for name in own[side])
    judged = f"CONCAT({everything})"
    both_days = "COALESCE(l.day, r.day)"
    selected = {
        "item_id": "CONCAT(l.id, r.id)",
        **dict.fromkeys(
            ("state", "standing", "is_open", "match_pass", "figure", "candidates", "explanation"),
            judged,
        ),
        "difference_amount": "l.amount - r.amount",
        "open_amount": f"CONCAT({everything}, a.amount)",
        "explained_amount": "a.amount",
        "tolerance_amount": "l.amount + r.amount",
        "currency": "COALESCE(l.currency, r.currency)",
        "other_currency": "r.currency",
        **dict.fromkeys(("first_date", "due_date", "age_days"), both_days),
        "dt": both_days,
    }
    for side in SIDES:
        selected |= _of_side(side, own[side])
    columns = ", ".join(f"{sql} AS {name}" for name, sql in selected.items())
    sources = [f"({rows_of(rule, side)}) AS {side[0]}" for side in SIDES]
    sources.append(f"(SELECT amount FROM {ADJUSTMENTS}) AS a")
    return f"SELECT {columns} FROM {' CROSS JOIN '.join(sources)}"


def _of_side(side: SideName, names: list[str]) -> dict[str, str]:
    alias = side[0]
    kept = {
        "id": "id",
        "key": "key_1",
        "count": "id",
        "amount": "amount",
        "fee_amount": "fee",
        "status": "status",
        "date": "day",
        **{f"key_{number}": f"key_{number}" for number in range(2, PASSES + 1)},
        **{f"figure_{number}_amount": f"figure_{number}" for number in range(1, FIGURES + 1)},
    }
    return {
        f"{side}_{column}": f"{alias}.{name}" if name in names else "NULL"
        for column, name in kept.items()
    }
