"""From a contract's pandera checks to rules the lake can audit in one pass.

pandera's built-in checks are functions from a column to a boolean ibis expression; each is
compiled to the SQL that the engine runs over the staged files. The two private names of pandera
used here are why its version is pinned;
tests/modeling/declaration/test_expectations.py covers every check.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from resources.lake.model.table_spec import Rule, Severity
from warehouse_assets.modeling.declaration.checks.check_words import stated

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.checks.row_checks import RowCheck
    from warehouse_assets.modeling.declaration.contract import ContractColumn

_BOUNDS = {"greater_than_or_equal_to": "minimum", "less_than_or_equal_to": "maximum"}
_BOUND_VALUES = {"minimum": "min_value", "maximum": "max_value"}


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


def check_of(check: Any) -> tuple[str, Severity]:
    """The asset check that a column's pandera check is counted under, and its severity."""
    if check.raise_warning:
        return "unusual_values", Severity.WARN
    return "valid_values", Severity.ERROR


def _column_rule(column: ContractColumn, check: Any) -> Rule:
    name, severity = check_of(check)
    bound = _BOUNDS.get(check.name)
    value = check.statistics.get(_BOUND_VALUES[bound]) if bound else None
    return Rule(
        name=f"{column.spec.name} {stated(check)}",
        check=name,
        expression=_expression(column, check),
        severity=severity,
        column=column.spec.name,
        minimum=str(value) if bound == "minimum" and _exact(value) else None,
        maximum=str(value) if bound == "maximum" and _exact(value) else None,
    )


def _exact(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _expression(column: ContractColumn, check: Any) -> str:
    import ibis
    from pandera.api.checks import Check
    from pandera.api.ibis.types import IbisData
    from sqlglot import exp, parse_one

    _register_backend()
    # A check made before the backend was registered holds a copy without ibis' functions.
    function: Any = Check.CHECK_FUNCTION_REGISTRY.get(check.name, check._check_fn)
    staged: Any = ibis.table({column.spec.name: _ibis_type(column.spec.type)}, name="staged")
    verdict: Any = function(IbisData(staged, column.spec.name), **check._check_kwargs)
    condition = verdict.op().values[column.spec.name].to_expr()
    select = parse_one(str(ibis.to_sql(staged.select(passed=condition), "duckdb")), "duckdb")
    assert isinstance(select, exp.Select)
    expression = select.selects[0].unalias()
    for name in expression.find_all(exp.Column):
        name.set("table", None)
    return expression.sql("duckdb")


def _ibis_type(engine_type: str) -> Any:
    import ibis
    from ibis.backends.sql.datatypes import DuckDBType

    return ibis.dtype(DuckDBType.from_string(engine_type))


@cache
def _register_backend() -> None:
    from pandera.backends.ibis.register import register_ibis_backends

    register_ibis_backends()
