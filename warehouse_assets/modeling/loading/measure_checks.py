"""Does a table's SQL show the metrics that its contract says? Found when the code is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot.optimizer.scope import build_scope

from warehouse_assets.modeling.metrics.aggregation_inference import Figure, Figures
from warehouse_assets.modeling.metrics.scopes import branches, projections
from warehouse_assets.modeling.sql.statement import Statement, position_of

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.contract import ContractColumn
    from warehouse_assets.modeling.declaration.table import Table


def check_measures(statement: Statement, tables: Mapping[str, Table]) -> None:
    """Check every output column of a statement that has to do with metrics.

    Raises:
        LoadError: Where a column is not the metric it carries, sums up what must not be, or mixes
            measures counted by different dates.
    """
    table = statement.table
    read = [tables[name] for name in statement.tables if name in tables]
    if not statement.measures and not any(carries(each) for each in (table, *read)):
        return
    root = build_scope(statement.tree)
    assert root is not None
    figures = Figures(statement, tables)
    for scope in branches(root):
        for place, projection in enumerate(projections(scope)):
            figure = figures.of(projection, scope)
            # Names are those of the first SELECT, as the engine has it.
            name = statement.tree.selects[place].alias_or_name
            column = next((each for each in table.columns if each.spec.name == name), None)
            if column is not None and not figure.constant:
                _check_column(statement, column, figure, position_of(projection))


def carries(table: Table) -> list[str]:
    """Names of the metrics that a table has a column for."""
    return [column.role.metric for column in table.columns if column.role.metric is not None]


def _check_column(
    statement: Statement, column: ContractColumn, figure: Figure, position: int | None
) -> None:
    name, metric, counted_by = column.spec.name, column.role.metric, column.role.counted_by
    dates = " and ".join(sorted(figure.dates))
    if metric is None:
        if len(figure.dates) > 1:
            raise statement.error(
                f"column {name} mixes measures counted by {dates}",
                position,
                "Show them side by side, or declare a ratio that says which dates it means.",
            )
        return
    if figure.metric != metric:
        raise statement.error(
            f"column {name} is measure({metric!r}) in the contract and not MEASURE({metric}) here",
            position,
            f"Select MEASURE({metric}) AS {metric}, or declare it with column().",
        )
    if figure.dates != frozenset({counted_by}):
        raise statement.error(
            f"column {name} is counted by {dates} here and by {counted_by} in the contract",
            position,
            f'Write measure("{name}", by="{dates}") where that is meant.',
        )
