"""The SELECT of a rule's results, made of its declaration.

The table reads its own partition of the day before: what was open then is matched and judged once
more, with the rows of the day.
"""

from __future__ import annotations

from textwrap import indent

from warehouse_assets.modeling.reconciliation.result import (
    FIGURES,
    IS_DIFFERENCE,
    PASSES,
)
from warehouse_assets.modeling.reconciliation.rule import SIDES, Rule, SideName
from warehouse_assets.modeling.reconciliation.sql.agreed import agreed
from warehouse_assets.modeling.reconciliation.sql.columns import Cte, item_columns, row_columns
from warehouse_assets.modeling.reconciliation.sql.judgement import Judgement
from warehouse_assets.modeling.reconciliation.sql.matching import Matching
from warehouse_assets.modeling.reconciliation.sql.words import explanation

_ONE = "CASE WHEN {0}_id IS NULL THEN 0 ELSE 1 END"


def statement(rule: Rule, name: str) -> str:
    """The SQL of the rule whose results are the table of that name."""
    ctes = [
        *_sides(rule, name),
        *Matching(rule, name).ctes(),
        *Judgement(rule, name).ctes(),
        ("items", _items(rule)),
        ("described", _described(rule)),
    ]
    written = ",\n".join(f"{cte} AS (\n{indent(sql, '    ')}\n)" for cte, sql in ctes)
    return f"\nWITH\n{indent(written, '    ')}\n{_results(rule)}\n"


def _sides(rule: Rule, name: str) -> list[Cte]:
    """Each side's rows: those of the day, and those that were open at its beginning."""
    kept = ", ".join(
        dict.fromkeys(
            [
                "item_id, state, is_open, left_count, right_count, currency, other_currency",
                "first_date, explained_amount, open_amount, candidates",
                *(column for side in SIDES for column in _kept_columns(rule, side)),
            ]
        )
    )
    ctes = [
        (
            "earlier",
            f"SELECT {kept} FROM {name} WHERE dt >= :start - INTERVAL 1 DAY AND dt < :start "
            "AND is_open",
        )
    ]
    for side in SIDES:
        ctes += _side(rule, side)
    return ctes


def _kept_columns(rule: Rule, side: SideName) -> list[str]:
    """The columns of the results that a side's rows are made of again."""
    prefix = f"{side}_"
    return [each.kept for each in row_columns(rule, side) if each.kept.startswith(prefix)]


def _side(rule: Rule, name: SideName) -> list[Cte]:
    side, columns = rule.side(name), row_columns(rule, name)
    names = [column.name for column in columns]
    ctes: list[Cte] = []
    source = side.table
    if side.rows:
        source = f"{name}_source"
        ctes.append((source, side.rows.strip()))
    given = ", ".join(f"{column.given} AS {column.name}" for column in columns)
    kept = ", ".join(f"{column.kept} AS {column.name}" for column in columns)
    listed = ", ".join(names)
    again = f"state = 'duplicate_{name}'"
    ctes += [
        (
            f"{name}_rows",
            f"SELECT {kept} FROM earlier WHERE {name}_count > 0 AND NOT ({again})\nUNION ALL\n"
            f"SELECT {given} FROM {source} WHERE {side.is_due}",
        )
    ]
    once_more = f"SELECT {kept} FROM earlier WHERE {again}"
    # Few keys are there twice: only their rows are summed up, or put in an order.
    is_many = rule.is_many(name)
    key = ("key_1", "currency") if is_many else ("key_1",)
    same = " AND ".join(f"p.{column} = r.{column}" for column in key)
    of_rows = ", ".join(f"r.{each}" for each in names)
    once = f"SELECT {of_rows} FROM {name}_rows AS r LEFT JOIN {name}_repeated AS p ON {same} "
    ctes += [
        (
            f"{name}_repeated",
            f"SELECT {', '.join(key)} FROM {name}_rows WHERE key_1 IS NOT NULL "
            f"GROUP BY {', '.join(key)} HAVING COUNT(*) > 1",
        ),
        (f"{name}_once", f"{once}WHERE p.key_1 IS NULL"),
    ]
    repeated = f"FROM {name}_rows AS r JOIN {name}_repeated AS p ON {same}"
    if is_many:
        totals = ", ".join(f"{column.total} AS {column.name}" for column in columns)
        return [
            *ctes,
            (f"{name}_lines", f"SELECT {of_rows} {repeated}"),
            (
                f"{name}_side",
                f"SELECT {listed} FROM {name}_once\nUNION ALL\n"
                f"SELECT {totals} FROM {name}_lines GROUP BY key_1, currency",
            ),
            (f"{name}_again", once_more),
        ]
    return [
        *ctes,
        (
            f"{name}_placed",
            f"SELECT {of_rows}, ROW_NUMBER() OVER "
            f"(PARTITION BY r.key_1 ORDER BY r.first_day, r.id) AS place {repeated}",
        ),
        (
            f"{name}_side",
            f"SELECT {listed} FROM {name}_once\nUNION ALL\n"
            f"SELECT {listed} FROM {name}_placed WHERE place = 1",
        ),
        (
            f"{name}_again",
            f"{once_more}\nUNION ALL\nSELECT {listed} FROM {name}_placed WHERE place > 1",
        ),
    ]


def _items(rule: Rule) -> str:
    """Every item with its state after people were heard; refused adjustments are items too."""
    columns = [*item_columns(rule), "match_pass", "candidates", "item_id", "first_date"]
    columns += ["currency", "gap", "allowed", "unexplained", "shown_gap", "explained_amount"]
    state = f"""CASE
        WHEN is_written_off = 1 AND ({IS_DIFFERENCE} OR explained_amount <> 0) THEN 'written_off'
        WHEN {IS_DIFFERENCE} AND explained_amount <> 0 AND explained_amount = unexplained
            THEN 'adjusted'
        WHEN NOT {IS_DIFFERENCE} AND explained_amount <> 0 THEN 'amount_mismatch'
        ELSE state
    END AS state"""
    found = f"SELECT {', '.join(columns)}, figure, {state} FROM settled"
    refused = _refused(rule)
    return f"{found}\nUNION ALL\n{refused} FROM refused"


def _refused(rule: Rule) -> str:
    """A refused adjustment with the columns of an item; `candidates` names the item it is for."""
    sides = [f"CAST(NULL AS {kind}) AS {name}" for name, kind in item_columns(rule).items()]
    values = {
        "match_pass": "CAST(NULL AS VARCHAR)",
        "candidates": "adjusts",
        "item_id": "item_id",
        "first_date": "first_date",
        "currency": "currency",
        "gap": "0",
        "allowed": "0",
        "unexplained": "amount",
        "shown_gap": "0",
        "explained_amount": "0",
        "figure": "CAST(NULL AS VARCHAR)",
        "state": "CASE WHEN is_written_off = 1 THEN 'written_off' ELSE 'adjustment_refused' END",
    }
    return "SELECT " + ", ".join([*sides, *(f"{sql} AS {name}" for name, sql in values.items())])


def _described(rule: Rule) -> str:
    """Where each item stands, and what it is in words."""
    columns = [*item_columns(rule), "match_pass", "candidates", "item_id", "first_date"]
    columns += ["currency", "gap", "allowed", "explained_amount", "figure", "state"]
    due = f"CAST(first_date + INTERVAL {rule.open_days} DAY AS DATE)"
    return (
        f"SELECT {', '.join(columns)}, {due} AS due_date, {IS_DIFFERENCE} AS is_open, "
        f"CASE WHEN {IS_DIFFERENCE} THEN unexplained - explained_amount ELSE 0 END AS open_amount, "
        f"{explanation(rule)} AS explanation FROM items\nUNION ALL\n{agreed(rule, due)}"
    )


def _results(rule: Rule) -> str:
    """The columns of the contract."""
    selected = {
        "item_id": "item_id",
        "state": "state",
        "standing": (
            "CASE WHEN NOT is_open THEN 'closed' WHEN first_date >= :start THEN 'open' "
            "WHEN due_date >= :start THEN 'carried' ELSE 'overdue' END"
        ),
        "is_open": "is_open",
        "match_pass": "match_pass",
        "figure": "figure",
    }
    for column, kept in (("id", "id"), ("key_1", "key")):
        selected |= {f"{side}_{kept}": f"{side}_{column}" for side in SIDES}
    counted = "COALESCE({0}_lines, 0)" if rule.counts_lines else _ONE
    selected |= {f"{side}_count": counted.format(side) for side in SIDES}
    selected |= {f"{side}_amount": f"COALESCE({side}_amount, 0)" for side in SIDES}
    selected |= {
        "difference_amount": "gap",
        "open_amount": "open_amount",
        "explained_amount": "explained_amount",
        "tolerance_amount": "allowed",
        "currency": "currency",
        "other_currency": ("CASE WHEN left_currency <> right_currency THEN right_currency END"),
    }
    fee = "{0}_fee" if rule.left.fee else "CAST(NULL AS DECIMAL(18, 2))"
    status = "{0}_status" if rule.left.status else "CAST(NULL AS VARCHAR)"
    for kept, sql in (("fee_amount", fee), ("status", status), ("date", "{0}_day")):
        selected |= {f"{side}_{kept}": sql.format(side) for side in SIDES}
    selected |= {
        "first_date": "first_date",
        "due_date": "due_date",
        "age_days": "days_between(first_date, :start)",
        "candidates": "candidates",
        "explanation": "explanation",
    }
    for number in range(2, PASSES + 1):
        has = number <= len(rule.passes)
        selected |= {
            f"{side}_key_{number}": f"{side}_key_{number}" if has else "CAST(NULL AS VARCHAR)"
            for side in SIDES
        }
    for number in range(1, FIGURES + 1):
        has = number <= len(rule.figures)
        selected |= {
            f"{side}_figure_{number}_amount": f"{side}_figure_{number}"
            if has
            else "CAST(NULL AS DECIMAL(18, 2))"
            for side in SIDES
        }
    selected["dt"] = ":start"
    columns = ",\n".join(f"{sql} AS {name}" for name, sql in selected.items())
    return f"SELECT\n{indent(columns, '    ')}\nFROM described"
