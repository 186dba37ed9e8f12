"""Which input columns each output column is made of, read from the SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse_assets.modeling.events.event_sql import PAYLOAD

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.json_events import JsonEvents
    from warehouse_assets.modeling.declaration.table import Table

Lineage = Mapping[str, tuple[tuple[str, str], ...]]
"""Output column -> the (table, column) pairs it is computed from, sorted."""


def column_lineage(table: Table, tables: Mapping[str, Table]) -> Lineage:
    """The lineage of every column of the table; empty where a source or Python makes the rows."""
    if table.events is not None:
        return payload_lineage(table, table.events)
    if table.logs:
        return _of_log(table, tables[table.logs[0]])
    if table.sql is None:
        return {column.spec.name: () for column in table.columns}
    from sqlglot import parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    from warehouse_assets.modeling.sql.statement import Statement, statement_of

    statement = statement_of(table)
    assert isinstance(statement, Statement)
    schema: dict[str, object] = {
        name: {column.spec.name: column.spec.type for column in tables[name].columns}
        for name in table.inputs
    }
    shorter = table.materialization.traced_sql
    tree = qualify(
        statement.expanded_tree() if shorter is None else parse_one(shorter, dialect="duckdb"),
        schema=schema,
        dialect="duckdb",
        validate_qualify_columns=False,
    )
    # Each column's own copy of the query, made for pictures, would cost twenty times as much.
    roots = lineage(
        None,
        tree,
        schema=schema,
        scope=build_scope(tree),
        dialect="duckdb",
        trim_selects=False,
        copy=False,
    )
    return {column.spec.name: _leaves(roots[column.spec.name]) for column in table.columns}


def payload_lineage(table: Table, events: JsonEvents) -> Lineage:
    """Columns that the table of events has as well are its own; the others are in the payload."""
    return {
        name: ((events.table, PAYLOAD if name in events.columns else name),)
        for name in (column.spec.name for column in table.columns)
    }


def _of_log(table: Table, log: Table) -> Lineage:
    """Columns merged from a log are its own; others say when it told of them."""
    own = {column.spec.name for column in log.columns}
    told = {"delivered_date": str(log.partition_column)}
    sequence = log.change_log.sequence if log.change_log else ""
    names = [column.spec.name for column in table.columns]
    return {
        name: ((log.name, name if name in own else told.get(name, sequence)),) for name in names
    }


def _leaves(root: object) -> tuple[tuple[str, str], ...]:
    from sqlglot import exp
    from sqlglot.lineage import Node

    assert isinstance(root, Node)
    return tuple(
        sorted(
            {
                (node.source.name, node.name.rsplit(".", 1)[-1].strip('"'))
                for node in root.walk()
                if not node.downstream and isinstance(node.source, exp.Table)
            }
        )
    )
