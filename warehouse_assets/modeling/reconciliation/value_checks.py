"""Do the values that a side asks columns for exist? Each mistake with its line and the next step.

It parses SQL: a module of its own, which is imported when tables are checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.rule import Rule, Side, SideName, StatusWords
from warehouse_assets.modeling.reconciliation.sql.sides import given_rows

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table


def check_values(rule: Rule, name: SideName, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError where a side's SQL asks a column for a value that it never has.

    Known are the values of a column with the check `isin`; of one without, those of all columns of
    its name, for a name has one meaning. `where`, `rows` and all else of the side is looked at.
    """
    for column, value, source in _asked_values(given_rows(rule, name), named):
        known = _known_values([named[source]], column) or _known_values(named.values(), column)
        if known and value not in known:
            what = "status" if column == rule.side(name).status_column else "value"
            raise table.error(
                f"the {name} names the {what} {value}, which {source}.{column} never has",
                _on_line(value, rule.side(name)),
                did_you_mean(value, known) or f"It has {', '.join(known)}.",
            )


def _on_line(value: str, side: Side) -> str:
    """How the value is written in the module: in SQL, or in the words of a status."""
    words = side.status.words if isinstance(side.status, StatusWords) else {}
    return f'"{value}"' if value in words else f"'{value}'"


def _known_values(tables: Iterable[Table], name: str) -> Sequence[str]:
    columns = [each for table in tables for each in table.columns if each.spec.name == name]
    checks = [check for column in columns for check in column.checks if check.name == "isin"]
    return list(dict.fromkeys(value for check in checks for value in check.value))


def _asked_values(sql: str, named: Mapping[str, Table]) -> Iterator[tuple[str, str, str]]:
    """Each text that a column of a table is compared with: column, text and table."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        # The whole statement says so, with its line.
        return
    for scope in traverse_scope(tree):
        for node in scope.find_all(exp.EQ, exp.NEQ, exp.In, exp.Case):
            for column, value in _comparisons(node):
                aliases = [column.table] if column.table else list(scope.sources)
                source = scope.sources.get(aliases[0]) if len(aliases) == 1 else None
                if isinstance(source, exp.Table) and source.name in named:
                    yield column.name, value.name, source.name


def _comparisons(node: exp.Expr) -> Iterator[tuple[exp.Column, exp.Literal]]:
    """Columns and the texts that they are compared with."""
    if isinstance(node, exp.In):
        sides = [(node.this, value) for value in node.expressions]
    elif isinstance(node, exp.Case):
        sides = [(node.this, branch.this) for branch in node.args["ifs"]]
    else:
        sides = [(node.this, node.expression), (node.expression, node.this)]
    for column, value in sides:
        if isinstance(column, exp.Column) and isinstance(value, exp.Literal) and value.is_string:
            yield column, value
