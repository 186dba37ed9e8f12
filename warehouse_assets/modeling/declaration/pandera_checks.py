"""pandera's built-in checks as SQL: the only module that knows pandera and ibis.

Each is a function from a column to a boolean ibis expression, which is compiled to the SQL that the
engine runs over the staged files. What pandera does not promise to keep is used here only:
tests/modeling/declaration/test_pandera_checks.py covers every check.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from resources.identifiers import quoted

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


def condition(check: str, value: Any, engine_type: str, column: str) -> str:
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
