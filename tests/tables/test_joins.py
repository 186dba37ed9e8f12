"""No table's SQL makes the engine compare each row of one side with each of the other.

An outer join is a hash join only where each of its conditions compares an expression over one side
with an expression over the other. With `AND a.kind IS NULL`, of one side alone, or with
`COALESCE(b.ends, a.day) >= a.day`, of both within one expression, it is a nested loop: 60,000 rows
by 30,000 took half a minute.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from sqlglot import exp

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY
from warehouse_assets.modeling import Table
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.sql.statement import statement_of


def not_hashed(sql: str) -> list[str]:
    """The conditions of outer joins that are not a comparison of one side with the other."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    return [
        condition.sql()
        for join in tree.find_all(exp.Join)
        if join.side and join.args.get("on")
        for condition in _conditions(join.args["on"])
        if not _compares_sides(condition, join.alias_or_name)
    ]


def _conditions(on: exp.Expression) -> Iterator[exp.Expression]:
    yield from on.flatten() if isinstance(on, exp.And) else [on]


def _compares_sides(condition: exp.Expression, joined: str) -> bool:
    # A function of ours is a comparison of what it is given: is_in_time(p.dt, c.dt).
    if isinstance(condition, exp.Predicate) and isinstance(condition, exp.Binary):
        operands = [condition.left, condition.right]
    elif isinstance(condition, exp.Anonymous):
        operands = condition.expressions
    else:
        return _is_of(condition, joined) is True
    sides = [_is_of(operand, joined) for operand in operands]
    return "both" not in sides and (True in sides)


def _is_of(expression: exp.Expression, joined: str) -> bool | str | None:
    """Whether it is of the joined table; None of neither, "both" of both."""
    found = {column.table == joined for column in expression.find_all(exp.Column)}
    if len(found) == 2:
        return "both"
    return found.pop() if found else None


def with_sql() -> list[Table]:
    return [each for each in load_warehouse().tables.values() if statement_of(each) is not None]


@pytest.mark.parametrize("table", with_sql(), ids=lambda table: table.name)
def test_outer_joins_are_hash_joins(table: Table) -> None:
    statement = statement_of(table)
    assert statement is not None
    window = Window.of_day(DAY) if table.partition_column else None
    assert not_hashed(statement.text(window)) == []


@pytest.mark.parametrize(
    ("on", "is_hashed"),
    [
        ("b.no = a.no", True),
        ("b.no = a.no AND b.dt <= a.dt AND b.kind = 'x'", True),
        ("b.no = a.no AND COALESCE(b.ends, DATE '2026-01-11') >= a.dt", True),
        ("b.no = a.no AND is_in_time(b.dt, a.dt)", True),
        ("b.no = a.no AND a.kind IS NULL", False),
        ("b.no = a.no AND a.kind = 'x'", False),
        ("b.no = a.no AND COALESCE(b.ends, a.dt) >= a.dt", False),
        ("b.no = a.no OR b.name = a.name", False),
    ],
)
def test_what_is_a_hash_join(on: str, is_hashed: bool) -> None:
    assert (not_hashed(f"SELECT 1 FROM a LEFT JOIN b ON {on}") == []) is is_hashed
