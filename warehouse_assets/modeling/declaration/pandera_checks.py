"""Declared checks as rules that the lake audits: the only module that knows pandera and ibis.

A built-in check of pandera is a function from a column to a boolean ibis expression, which is
compiled to the SQL that the engine runs over the staged files. What pandera does not promise to
keep is used here only: tests/modeling/declaration/test_pandera_checks.py covers every check.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from resources.identifiers import quoted
from resources.lake.model.table_spec import Rule

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.checks import ColumnCheck, RowCheck
    from warehouse_assets.modeling.declaration.contract import ContractColumn

# Not to be mistaken for anything in a check's value.
_COLUMN = "column that is checked"
# The function of each check, and the argument that takes its value.
_FUNCTIONS = {
    "eq": ("equal_to", "value"),
    "ne": ("not_equal_to", "value"),
    "gt": ("greater_than", "min_value"),
    "ge": ("greater_than_or_equal_to", "min_value"),
    "lt": ("less_than", "max_value"),
    "le": ("less_than_or_equal_to", "max_value"),
    "isin": ("isin", "allowed_values"),
    "notin": ("notin", "forbidden_values"),
    "str_matches": ("str_matches", "pattern"),
    "str_contains": ("str_contains", "pattern"),
    "str_startswith": ("str_startswith", "string"),
    "str_endswith": ("str_endswith", "string"),
    "in_range": ("in_range", None),
    "str_length": ("str_length", None),
}


def table_rules(columns: Sequence[ContractColumn], checks: Sequence[RowCheck]) -> tuple[Rule, ...]:
    """Every declared check as a rule: those of columns first, then those of rows."""
    of_columns = [_column_rule(column, check) for column in columns for check in column.checks]
    of_rows = [
        Rule(
            name=check.name,
            check=check.name,
            expression=check.condition,
            severity=check.severity,
            whole_partition=check.whole_partition,
        )
        for check in checks
    ]
    return (*of_columns, *of_rows)


def _column_rule(column: ContractColumn, check: ColumnCheck) -> Rule:
    is_number = isinstance(check.value, int | Decimal) and not isinstance(check.value, bool)
    bound = str(check.value) if is_number else None
    return Rule(
        name=f"{column.spec.name} {check}",
        check=check.asset_check,
        expression=_condition(check.name, check.value, column.spec.type, column.spec.name),
        severity=check.severity,
        column=column.spec.name,
        minimum=bound if check.name == "ge" else None,
        maximum=bound if check.name == "le" else None,
    )


def _condition(check: str, value: Any, engine_type: str, column: str) -> str:
    """The SQL condition that the values of a column meet.

    Args:
        check: Name of the check, such as "ge".
        value: Its value, as ColumnCheck keeps it.
        engine_type: The column's type, as DuckDB spells it.
        column: The column's name.
    """
    return _template(check, value, engine_type).replace(quoted(_COLUMN), quoted(column))


@cache
def _template(check: str, value: Any, engine_type: str) -> str:
    """The condition for a column called _COLUMN: many columns have the same check."""
    import ibis
    from ibis.backends.sql.datatypes import DuckDBType
    from pandera.api.ibis.types import IbisData
    from pandera.backends.ibis import builtin_checks
    from sqlglot import exp, parse_one

    name, argument = _FUNCTIONS[check]
    arguments = {argument: value} if argument else dict(value)
    staged: Any = ibis.table({_COLUMN: DuckDBType.from_string(engine_type)}, name="staged")
    verdict: Any = getattr(builtin_checks, name)(IbisData(staged, _COLUMN), **arguments)
    met = verdict.op().values[_COLUMN].to_expr()
    select = parse_one(str(ibis.to_sql(staged.select(passed=met), "duckdb")), "duckdb")
    assert isinstance(select, exp.Select)
    expression = select.selects[0].unalias()
    for each in expression.find_all(exp.Column):
        each.set("table", None)
    return expression.sql("duckdb")
