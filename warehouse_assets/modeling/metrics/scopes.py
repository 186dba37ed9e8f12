"""What a SELECT reads, groups by and gives: small questions to its syntax tree."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

Source = exp.Table | Scope
"""A table, or an inner SELECT: a CTE or a subquery."""


def branches(scope: Scope) -> list[Scope]:
    """The SELECTs that a set operation puts together; the scope itself where it is none."""
    if not scope.set_operation_scopes:
        return [scope]
    return [branch for each in scope.set_operation_scopes for branch in branches(each)]


def projections(scope: Scope) -> list[exp.Expr]:
    """What a SELECT gives, in order; of a set operation, what its first SELECT gives."""
    assert isinstance(scope.expression, exp.Query)
    return list(scope.expression.selects)


def given_names(scope: Scope) -> list[str]:
    """The names of what a SELECT gives."""
    return [each.alias_or_name for each in projections(scope)]


def grouped_columns(select: exp.Expr) -> set[tuple[str, str]]:
    """The columns a SELECT groups by: (source as written, name)."""
    group = select.args.get("group")
    columns = group.expressions if group else []
    return {(each.table, each.name) for each in columns if isinstance(each, exp.Column)}


def operands(node: exp.Expr) -> Iterator[exp.Expr]:
    """The children whose values an expression shows: not the name of an alias or a type."""
    for child in node.iter_expressions():
        if not isinstance(child, exp.Identifier | exp.DataType):
            yield child


def valued_columns(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose values an expression may give: not those that a CASE only looks at."""
    if isinstance(node, exp.Column):
        yield node
    for name, child in node.args.items():
        if isinstance(node, exp.If) and name == "this":
            continue
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, exp.Expr):
                yield from valued_columns(each)
