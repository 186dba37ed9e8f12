"""Which input columns each output column is made of, read from the SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse_assets.modeling.statement import Statement

if TYPE_CHECKING:
    from warehouse_assets.modeling.table import Table

Lineage = Mapping[str, tuple[tuple[str, str], ...]]
"""Output column -> the (table, column) pairs it is computed from, sorted."""


def column_lineage(table: Table, tables: Mapping[str, Table]) -> Lineage:
    """The lineage of every column of the table; empty where a source or Python makes the rows."""
    if table.sql is None:
        return {column.spec.name: () for column in table.columns}
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    schema: dict[str, object] = {
        name: {column.spec.name: column.spec.type for column in tables[name].columns}
        for name in table.reads
    }
    tree = qualify(
        Statement(table, table.sql).tree.copy(),
        schema=schema,
        dialect="duckdb",
        validate_qualify_columns=False,
    )
    scope = build_scope(tree)
    return {
        column.spec.name: _leaves(
            lineage(column.spec.name, tree, schema=schema, scope=scope, dialect="duckdb")
        )
        for column in table.columns
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
