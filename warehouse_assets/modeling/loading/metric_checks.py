"""Do the metrics fit the warehouse, and does each table show those that its contract says?"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import build_scope

from resources.identifiers import checked_identifier
from resources.lake.model.column_type import column_type
from warehouse_assets.modeling.declaration.metric import TIME, TYPES, AnyMetric, Metric
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean
from warehouse_assets.modeling.metrics.aggregation_inference import (
    Figure,
    Figures,
    branches,
    projections,
)
from warehouse_assets.modeling.portability import expression_refusals, unparsed
from warehouse_assets.modeling.sql.measure_calls import expression_tree
from warehouse_assets.modeling.sql.statement import Statement, position_of

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.contract import ContractColumn
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.sql.binding import Binder


def metric_problems(
    library: MetricLibrary,
    tables: Mapping[str, Table],
    binder: Binder,
    broken: Set[str] = frozenset(),
) -> dict[str, LoadError]:
    """What is wrong with metrics of the library, by name; those over a `broken` table are unknown.

    Each error names file, line and metric.
    """
    found: dict[str, LoadError] = {}
    for metric in library:
        if isinstance(metric, Metric) and metric.over in broken:
            continue
        try:
            _check_metric(metric, library, tables, binder)
        except LoadError as error:
            found[metric.name] = error
    return found


def _check_metric(
    metric: AnyMetric, library: MetricLibrary, tables: Mapping[str, Table], binder: Binder
) -> None:
    checked_identifier(metric.name, f"metric name in {metric.path.name}")
    if isinstance(metric, Metric):
        _check_fact(metric, tables)
        _check_expression(metric, tables[metric.over], binder)
        return
    library.dates(metric)
    if metric.unit not in ("rate", "money"):
        raise metric.error(f"a ratio is a rate or money, not {metric.unit}", "unit=")


def _check_fact(metric: Metric, tables: Mapping[str, Table]) -> None:
    if metric.over not in tables:
        raise metric.error(
            f"is over {metric.over}, which does not exist",
            step=did_you_mean(metric.over, tables),
        )
    types = {column.spec.name: column.spec.type for column in tables[metric.over].columns}
    if not metric.dates:
        raise metric.error("says no date it is counted by", step='dates={"ordered": "dt"}')
    for name in (*metric.dates.values(), *(metric.not_over or ())):
        if name not in types:
            raise metric.error(
                f"{metric.over} has no column {name}", step=did_you_mean(name, types)
            )
    for name, column in metric.dates.items():
        if types[column] != "DATE":
            raise metric.error(f"is counted by {name}, but {column} is {types[column]}, no date")
    if metric.unit == "money" and "currency" not in types:
        raise metric.error(f"is money, and {metric.over} has no currency")


def _check_expression(metric: Metric, fact: Table, binder: Binder) -> None:
    try:
        tree = expression_tree(metric.expression)
    except SqlglotError as error:
        message, _, step = unparsed(error, metric.expression)
        raise metric.error(f"{metric.expression}: {message}", step=step) from error
    own_functions = sql_functions()
    columns = {column.spec.name: column.spec.type for column in fact.columns}
    for refusal in expression_refusals(tree, columns, own_functions):
        raise metric.error(
            f"{refusal.node.sql('duckdb')}: {refusal.reason}", step=refusal.next_step
        )
    found = binder.aggregate_type(metric, fact)
    if not column_type(found).fits_into(column_type(TYPES[metric.unit])):
        raise metric.error(f"{metric.expression} is {found}, and {metric.unit} is "
                           f"{TYPES[metric.unit]}")  # fmt: skip
    distinct = tree.find(exp.Distinct) is not None
    if distinct and metric.additivity == "additive":
        raise metric.error(
            "counts distinct things and is declared additive",
            step=f'additivity="semi-additive" with not_over, or "non-additive"; time is "{TIME}".',
        )


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
