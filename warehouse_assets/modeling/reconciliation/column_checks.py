"""Do the columns and values that a side names fit its tables? Each mistake with the next step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from resources.lake.model.column_type import column_type
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.rule import Rule, Side, SideName, StatusWords
from warehouse_assets.modeling.reconciliation.sql.sides import given_rows

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.contract import ContractColumn
    from warehouse_assets.modeling.declaration.table import Table

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_PLACES = 2
"""Decimals that are compared."""


def check_columns(rule: Rule, name: SideName, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError where a side names a column that its table lacks, or that does not fit.

    Args:
        rule: The rule.
        name: The side.
        table: The table of the rule's results.
        named: All tables by name.
    """
    side = rule.side(name)
    source = named.get(side.table)
    # What a SELECT of its own gives is for the binder to say; a missing table for `reads`.
    if source is None or side.rows:
        return
    columns = {column.spec.name: column for column in source.columns}
    for text in _names(rule, name, side):
        if _NAME.fullmatch(text) and text not in columns:
            raise table.error(
                f"the {name} names {text}, which is no column of {source.name}",
                f'"{text}"',
                did_you_mean(text, columns) or f"`ledgerlake show {source.name}` shows them.",
            )
    for text in filter(columns.get, _compared(side)):
        _check_type(name, columns[text], source, table)
    for argument in ("row", "amount", "date"):
        _check_known(argument, side, name, columns.get(getattr(side, argument)), table)


def check_values(rule: Rule, name: SideName, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError where a side's SQL asks a column for a value that it never has.

    Known are the values of a column with the check `isin`; of one without, those of all columns of
    its name, for a name has one meaning. `where`, `rows` and all else of the side is looked at.
    """
    for column, value, source in _asked_values(given_rows(rule, name), named):
        known = _known_values([named[source]], column) or _known_values(named.values(), column)
        if known and value not in known:
            what = "status" if _is_status(rule.side(name), column) else "value"
            raise table.error(
                f"the {name} names the {what} {value}, which {source}.{column} never has",
                _on_line(value, rule.side(name)),
                did_you_mean(value, known) or f"It has {', '.join(known)}.",
            )


def _names(rule: Rule, name: SideName, side: Side) -> Iterator[str]:
    """What may be the plain name of a column, in the order of the declaration."""
    yield from (side.row, side.amount, side.date)
    for each in rule.passes:
        yield from each.left if name == "left" else each.right
    status = side.status.column if isinstance(side.status, StatusWords) else side.status
    yield from (text for text in (side.currency, side.fee, status) if text)
    yield from (figure.sql for figure in side.figures.values())


def _compared(side: Side) -> Iterator[str]:
    """What is compared as a number."""
    yield side.amount
    yield from [side.fee] if side.fee else []
    yield from (figure.sql for figure in side.figures.values())


def _check_type(name: SideName, column: ContractColumn, source: Table, table: Table) -> None:
    """Raise LoadError where the column is no number, or one that would be rounded to the cent."""
    spec = column.spec
    scale = column_type(spec.type).scale
    if scale is not None and scale <= _PLACES:
        return
    raise table.error(
        f"the {name} compares {source.name}.{spec.name}, which is {spec.type}",
        f'"{spec.name}"',
        "Name a column of numbers."
        if scale is None
        else f"Numbers are compared to two decimals. Compare more of them as a larger number: "
        f"CAST({spec.name} * {10 ** (scale - _PLACES)} AS DECIMAL(18, 2)).",
    )


def _check_known(
    argument: str, side: Side, name: SideName, column: ContractColumn | None, table: Table
) -> None:
    """Raise LoadError where a row could be without its name, amount or date.

    It would be in no result, or its amount would count as 0.
    """
    if column is None or not column.spec.nullable:
        return
    text = column.spec.name
    if re.search(rf"\b{text}\s+IS\s+NOT\s+NULL\b", side.where, re.IGNORECASE):
        return
    step = f'Leave such rows out, with where="{text} IS NOT NULL"'
    step += f", or say what they count: COALESCE({text}, 0)." if argument == "amount" else "."
    raise table.error(
        f"the {argument} of the {name} is {side.table}.{text}, which may be null", f'"{text}"', step
    )


def _is_status(side: Side, column: str) -> bool:
    return column == (side.status.column if isinstance(side.status, StatusWords) else side.status)


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
