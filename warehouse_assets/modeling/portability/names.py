"""Names of columns and tables: those that mean a column, or a table, in every engine."""

from __future__ import annotations

from sqlglot import exp

from warehouse_assets.modeling.portability import advice

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
