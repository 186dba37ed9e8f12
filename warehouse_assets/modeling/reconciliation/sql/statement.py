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
from warehouse_assets.modeling.reconciliation.rule import SIDES, Rule
from warehouse_assets.modeling.reconciliation.sql.agreed import agreed
from warehouse_assets.modeling.reconciliation.sql.columns import item_columns
from warehouse_assets.modeling.reconciliation.sql.judgement import Judgement
from warehouse_assets.modeling.reconciliation.sql.matching import Matching
from warehouse_assets.modeling.reconciliation.sql.people import explained_ctes
from warehouse_assets.modeling.reconciliation.sql.sides import EARLIER, side_ctes
from warehouse_assets.modeling.reconciliation.sql.words import explanation

_ONE = "CASE WHEN {0}_id IS NULL THEN 0 ELSE 1 END"


def statement(rule: Rule, name: str) -> str:
    """The SQL of the rule whose results are the table of that name."""
    ctes = [
        *side_ctes(rule, name),
        *explained_ctes(name),
        *Matching(rule, name).ctes(),
        *Judgement(rule, name).ctes(),
        ("items", _items(rule)),
        ("described", _described(rule)),
    ]
    written = ",\n".join(f"{cte} AS (\n{indent(sql, '    ')}\n)" for cte, sql in ctes)
    return f"\nWITH\n{indent(written, '    ')}\n{_results(rule)}\n"


def after_given_rows(select_sql: str) -> str:
    """What is left of the SQL where tables `left_given` and `right_given` are there already."""
    _, begins, rest = select_sql.partition(f"\n    {EARLIER} AS (")
    return f"\nWITH{begins}{rest}"


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
