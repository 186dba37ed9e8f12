"""Names of columns and tables: those that mean a column, or a table, in every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from warehouse_assets.modeling.portability import advice
from warehouse_assets.modeling.portability.advice import MEASURE, Refusal

_VALUES = {
    **dict.fromkeys(
        ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"),
        advice.CLOCK,
    ),
    **dict.fromkeys(
        ("current_catalog", "current_database", "current_role", "current_schema", "current_user",
         "session_user", "user"), advice.STATE),
    "rowid": ("it is the place of a row in a file, and a re-run would differ",
              "Use the columns of the key."),
}  # fmt: skip
"""Where no column has the name, DuckDB takes it for a function, in quotes too."""

# A name that AS gives is for the query around. DuckDB takes it in the same SELECT too: in later
# columns, in WHERE, in GROUP BY, in HAVING. StarRocks knows it in some of these, Spark in others,
# and where a table has a column of that name, HAVING and QUALIFY take the column in one engine and
# what AS names in another.
_AFTERWARDS = (exp.Having, exp.Qualify)
_REASON = "AS gives the name in the same SELECT, where other engines do not know it"
_STEP = "Write what it stands for, or select from a query that names it: FROM (SELECT ... AS {})."
_EITHER = "it is a column and what AS names at once, and engines take either"
_OTHER = "Give the column of the SELECT another name than {}, or write WHERE in a query around it."


def column(node: exp.Column) -> advice.Advice | None:
    """A name that the engine has a value for, or that an outer query's table would give."""
    name = node.name.lower()
    if name in _VALUES and (not node.table or name == "rowid"):
        return _VALUES[name]
    if node.table and _is_lateral(node):
        return (
            f"a query in FROM cannot see {node.table} beside it in other engines",
            "Join it ON the condition.",
        )
    return None


def table(node: exp.Table) -> advice.Advice | None:
    """A table that is a function or a file."""
    return None if isinstance(node.this, exp.Identifier) else advice.FILE


def table_alias(node: exp.TableAlias) -> advice.Advice | None:
    """Names of columns beside the alias of a table."""
    if node.columns and not isinstance(node.parent, exp.Values):
        return ("names of columns stand beside the columns", "Write AS in its SELECT.")
    return None


def _is_lateral(column: exp.Column) -> bool:
    """Whether a query in FROM, or in WITH, takes the column from outside of itself."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        if column.table in _sources(select):
            return False
        around = select.parent
        while isinstance(around, exp.SetOperation):
            around = around.parent
        if isinstance(around, exp.CTE):
            return True
        if isinstance(around, exp.Subquery) and isinstance(around.parent, exp.From | exp.Join):
            return True
        select = select.find_ancestor(exp.Select)
    return False


def _sources(select: exp.Select) -> set[str]:
    first = select.args.get("from_")
    joined: list[exp.Expr] = [join.this for join in select.args.get("joins") or []]
    return {each.alias_or_name for each in ([first.this] if first else []) + joined}


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
