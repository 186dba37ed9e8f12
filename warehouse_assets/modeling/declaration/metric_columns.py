"""A column that carries a metric takes meaning, null and date from the library."""

from __future__ import annotations

from dataclasses import replace

from resources.lake.model.table_spec import ColumnSpec
from warehouse_assets.modeling.declaration.columns import ColumnRole
from warehouse_assets.modeling.declaration.metric import TYPES
from warehouse_assets.modeling.declaration.metric_library import metric_library
from warehouse_assets.modeling.load_errors import did_you_mean


class ColumnError(ValueError):
    """A column contradicts the metric it carries."""

    def __init__(self, column: str, message: str, next_step: str | None = None) -> None:
        self.column = column
        self.next_step = next_step
        super().__init__(message)


def carried(spec: ColumnSpec, role: ColumnRole, module: str) -> tuple[ColumnSpec, ColumnRole]:
    """The column as its metric has it; unchanged where it carries none.

    Args:
        spec: The column as the contract's annotation says it.
        role: Its role, with the metric's name.
        module: The contract's module: the library of its package counts.

    Raises:
        ColumnError: If there is no such metric, or name, type or date are not the metric's.
        LoadError: If there is no such metric, and a module that may declare it does not load.
    """
    if role.metric is None:
        return spec, role
    library = metric_library(module.partition(".")[0])
    metric = library.get(role.metric)
    if metric is None:
        if error := library.missing(role.metric):
            raise error
        step = library.suggestion(role.metric)
        raise ColumnError(spec.name, f"there is no metric {role.metric}", step)
    if spec.name != metric.name:
        message = f"column {spec.name} carries the metric {metric.name} under another name"
        raise ColumnError(spec.name, message, f"Call it {metric.name}.")
    if spec.type != TYPES[metric.unit]:
        message = f"column {spec.name} is {spec.type}, and {metric.unit} is {TYPES[metric.unit]}"
        raise ColumnError(spec.name, message)
    dates = library.dates(metric)
    counted_by = role.counted_by or library.default_date(metric)
    if counted_by not in dates:
        message = f"{metric.name} is counted by {', '.join(dates)}, not by {counted_by}"
        raise ColumnError(spec.name, message, did_you_mean(counted_by, dates))
    return (
        replace(spec, doc=metric.meaning, nullable=metric.null),
        replace(role, counted_by=counted_by),
    )
