"""A name that AS gives is for the query around: engines differ in where else they look it up.

DuckDB takes such a name in the same SELECT too: in later columns, in WHERE, in GROUP BY, in HAVING.
StarRocks knows it in some of these only, Spark in others, and where a table has a column of that
name, HAVING and QUALIFY take the column in one engine and what AS names in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from warehouse_assets.modeling.portability.judge import MEASURE, Refusal

_AFTERWARDS = (exp.Having, exp.Qualify)
_REASON = "AS gives the name in the same SELECT, where other engines do not know it"
_STEP = "Write what it stands for, or select from a query that names it: FROM (SELECT ... AS {})."
_EITHER = "it is a column and what AS names at once, and engines take either"
_OTHER = "Give the column of the SELECT another name than {}, or write WHERE in a query around it."


def reused_names(
    scopes: Mapping[int, Scope], gives: Callable[[exp.Expr | Scope, str], bool]
) -> Iterator[Refusal]:
    """Every column name that only AS of the same SELECT gives, or that it may.

    Args:
        scopes: What each SELECT reads from, by its id.
        gives: Whether something that is read from has a column of a name.
    """
    for scope in scopes.values():
        select = scope.expression
        if not isinstance(select, exp.Select):
            continue
        named = _named(select)
        for column in select.find_all(exp.Column) if named else ():
            name = column.name.lower()
            if column.table or name not in named or _is_of_measure(column):
                continue
            if not _is_looked_up(column, select, scopes, gives):
                continue
            is_column = any(gives(source, name) for source in scope.sources.values())
            if not is_column:
                yield Refusal(column, _REASON, _STEP.format(column.name))
            elif column.find_ancestor(*_AFTERWARDS, exp.Select) not in (None, select):
                yield Refusal(column, _EITHER, _OTHER.format(column.name))


def _named(select: exp.Select) -> dict[str, exp.Alias]:
    """What AS names in a SELECT, but for columns that keep their name."""
    return {
        each.alias.lower(): each
        for each in select.selects
        if isinstance(each, exp.Alias)
        and not (isinstance(each.this, exp.Column) and each.this.name.lower() == each.alias.lower())
    }


def _is_of_measure(column: exp.Column) -> bool:
    """Whether it names a metric, or a date of one."""
    call = column.find_ancestor(exp.Anonymous, exp.Select)
    return isinstance(call, exp.Anonymous) and str(call.name).lower() == MEASURE


def _is_looked_up(
    column: exp.Column,
    select: exp.Select,
    scopes: Mapping[int, Scope],
    gives: Callable[[exp.Expr | Scope, str], bool],
) -> bool:
    """Whether no SELECT between the column and this one has the name."""
    inner = column.find_ancestor(exp.Select)
    while inner is not None and inner is not select:
        scope = scopes.get(id(inner))
        if scope is None or any(gives(each, column.name) for each in scope.sources.values()):
            return False
        if column.name.lower() in _named(inner):
            return False
        inner = inner.find_ancestor(exp.Select)
    return inner is select
