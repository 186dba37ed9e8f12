"""Which summaries would have given the same answer as a metric's facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse_assets.modeling.metrics.query import DAY, column_for

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.metric import Metric
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.metrics.query import MetricQuery


def carriers(tables: Mapping[str, Table], metric: str) -> list[str]:
    """The tables with a column that carries the metric."""
    return [
        name
        for name, table in tables.items()
        if any(column.role.metric == metric for column in table.columns)
    ]


def usable_summaries(query: MetricQuery) -> list[str]:
    """The tables that could answer, those of the coarsest grain first."""
    tables = query.warehouse.tables.values()
    usable = [table for table in tables if _answers(table, query)]
    return [table.name for table in sorted(usable, key=lambda table: len(table.key))]


def _answers(table: Table, query: MetricQuery) -> bool:
    parts = zip(query.parts, query.dates, strict=True)
    if not all(_carries(table, part.name, date) for part, date in parts):
        return False
    grain = [*table.key, *([table.partition_column] if table.partition_column else [])]
    grouped: set[str] = set()
    for name in query.by:
        column = table.partition_column if name == DAY else column_for(name, table.key)
        if column is None:
            return False
        grouped.add(column)
    if len(query.window) == 1 and table.partition_column:
        grouped.add(table.partition_column)
    summed_up = [name for name in grain if name not in grouped]
    return all(_summable(part, summed_up) for part in query.parts)


def _carries(table: Table, metric: str, date: str) -> bool:
    return any(
        column.role.metric == metric and column.role.counted_by == date for column in table.columns
    )


def _summable(part: Metric, over: list[str]) -> bool:
    return not over if part.not_over is None else not set(over) & set(part.not_over)
