"""A summary of metrics by some dimensions, as a declaration in place of SQL.

The SQL has one CTE for each input that metrics are read from, grouped by the dimensions; one for
the `spine`, every combination of dimensions that any of them has; and one SELECT of the contract's
columns that joins them. A metric without a row for a combination is 0. The SQL is the table's SQL
from then on: it is checked, documented and versioned as if written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from warehouse_assets.modeling.declaration.metric import Metric
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary, metric_library
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean


@dataclass(frozen=True)
class RollupSource:
    """How metrics are read from one input, where that differs. Made by `rollup_source()`."""

    metrics: tuple[str, ...] = ()
    dimensions: Mapping[str, str] = field(default_factory=dict[str, str])
    join: str = ""
    adds_rows: bool = True


@dataclass(frozen=True)
class MetricRollup:
    """A summary of metrics. Made by `metric_rollup()`."""

    by: tuple[str, ...]
    sources: Mapping[str, RollupSource]
    columns: Mapping[str, str]
    join: str

    def __call__(self, table: Table, /) -> str:
        """The SELECT that fills the contract of the table.

        Raises:
            LoadError: If the declaration and the contract do not fit; it names table, metric,
                column and the next step.
        """
        self._check(table)
        metrics = self._metrics_of_inputs(table)
        dimensions = (*self.by, *([table.partition_column] if table.partition_column else []))
        ctes = [
            f"{name}_metrics AS (\n{_indented(self._grouped(table, name, each, dimensions))}\n)"
            for name, each in metrics.items()
        ]
        spine = "\nUNION\n".join(
            f"SELECT {', '.join(dimensions)} FROM {name}_metrics"
            for name in metrics
            if self._source(name).adds_rows
        )
        ctes.append(f"spine AS (\n{_indented(spine)}\n)")
        joins = [
            f"LEFT JOIN {name}_metrics\n    ON "
            + "\n    AND ".join(f"{name}_metrics.{each} = spine.{each}" for each in dimensions)
            for name in metrics
        ]
        lines = [
            "WITH",
            _indented(",\n".join(ctes)),
            "SELECT",
            _indented(",\n".join(self._projections(table, metrics, dimensions))),
            "FROM spine",
            *joins,
            *([dedent(self.join).strip()] if self.join else []),
        ]
        return "\n" + "\n".join(lines) + "\n"

    def _source(self, name: str) -> RollupSource:
        return self.sources.get(name, RollupSource())

    def _check(self, table: Table) -> None:
        if sorted(self.by) != sorted(table.key):
            raise _error(
                table,
                f"metric_rollup is by {', '.join(self.by)}, and the contract's key is "
                f"{', '.join(table.key) or 'empty'}",
                "Give `by` the key columns of the contract; the partition column is not one.",
            )
        for name, source in self.sources.items():
            if name not in table.reads:
                step = did_you_mean(name, table.reads) or "Add it to `reads`."
                raise _error(table, f"metric_rollup has the source {name}, not in reads", step)
            for column in source.dimensions:
                if column not in (*self.by, table.partition_column):
                    step = did_you_mean(column, self.by) or "Add it to `by`."
                    raise _error(table, f"source {name}: column {column} is no dimension", step)

    def _metrics_of_inputs(self, table: Table) -> dict[str, list[str]]:
        """Input -> the metrics read from it, in the order of `reads`."""
        library = metric_library(table.contract.__module__.partition(".")[0])
        told = {metric: name for name, each in self.sources.items() for metric in each.metrics}
        carried = [c.role for c in table.columns if c.role.metric]
        found: dict[str, list[str]] = {name: [] for name in table.reads}
        for role in carried:
            assert role.metric is not None
            metric = _aggregate(table, library, role.metric, role.counted_by)
            source = told.pop(metric.name, metric.over)
            if source not in found:
                raise _error(
                    table,
                    f"column {metric.name}: the table does not read {metric.over}, which the "
                    f"metric {metric.name} is over",
                    f'Add "{metric.over}" to `reads`, or say which input carries the metric: '
                    f'sources={{"INPUT": rollup_source(metrics=("{metric.name}",))}}.',
                )
            found[source].append(metric.name)
        for name, source in told.items():
            step = f'Add {name} = measure("{name}") to the contract.'
            raise _error(
                table,
                f"source {source}: the contract has no column for the metric {name}",
                step if library.get(name) else library.suggestion(name),
            )
        found = {name: metrics for name, metrics in found.items() if metrics}
        if not any(self._source(name).adds_rows for name in found):
            step = "Declare a column with measure(), of an input that adds rows."
            raise _error(table, "metric_rollup has no source of rows", step)
        return found

    def _grouped(
        self, table: Table, name: str, metrics: Sequence[str], dimensions: Sequence[str]
    ) -> str:
        source, day = self._source(name), table.partition_column
        values = {each: source.dimensions.get(each, f"{name}.{each}") for each in dimensions}
        selected = [f"{value} AS {each}" for each, value in values.items()]
        selected += [f"MEASURE({name}.{each}) AS {each}" for each in metrics]
        lines = ["SELECT", _indented(",\n".join(selected)), f"FROM {name}"]
        lines += [dedent(source.join).strip()] if source.join else []
        lines += [f"WHERE {values[day]} >= :start AND {values[day]} < :end"] if day else []
        lines += [f"GROUP BY {', '.join(values.values())}"]
        return "\n".join(lines)

    def _projections(
        self, table: Table, metrics: Mapping[str, Sequence[str]], dimensions: Sequence[str]
    ) -> list[str]:
        source_of = {metric: name for name, each in metrics.items() for metric in each}
        selected: list[str] = []
        for name in (column.spec.name for column in table.columns):
            if name in dimensions:
                selected.append(f"spine.{name}")
            elif name in source_of:
                selected.append(f"COALESCE({source_of[name]}_metrics.{name}, 0) AS {name}")
            elif name in self.columns:
                selected.append(f"{self.columns[name]} AS {name}")
            else:
                raise _error(
                    table,
                    f"column {name} is no dimension and carries no metric",
                    f'Declare it with measure(), or write columns={{"{name}": "its SQL"}}.',
                )
        for name in self.columns:
            if f"{self.columns[name]} AS {name}" not in selected:
                step = did_you_mean(name, [column.spec.name for column in table.columns])
                message = (
                    f"metric_rollup gives the column {name}, which the contract does not have, "
                    "or has as a metric or dimension"
                )
                raise _error(table, message, step)
        return selected


def metric_rollup(
    *,
    by: Sequence[str],
    sources: Mapping[str, RollupSource] | None = None,
    columns: Mapping[str, str] | None = None,
    join: str = "",
) -> MetricRollup:
    """Declare the SQL of a table that summarizes metrics: table(..., sql=metric_rollup(...)).

    Each measure() of the contract is read from the fact that its metric is over.

    Args:
        by: The dimensions: the key columns of the contract. The partition column is added.
        sources: What is special about an input, by its name.
        columns: SQL of the columns that are neither dimension nor metric. It may name `spine`, the
            table of the dimensions, `INPUT_metrics`, and what `join` joins.
        join: Joins of further inputs to `spine`, as SQL.
    """
    return MetricRollup(tuple(by), dict(sources or {}), dict(columns or {}), join)


def rollup_source(
    *,
    metrics: Sequence[str] = (),
    dimensions: Mapping[str, str] | None = None,
    join: str = "",
    adds_rows: bool = True,
) -> RollupSource:
    """How metrics are read from one input of a rollup.

    Args:
        metrics: Metrics to read from this input, which carries them, and not from their facts.
        dimensions: SQL of dimensions that the input has not under their names.
        join: Joins that this SQL needs, as SQL. The input goes by its own name.
        adds_rows: Whether a combination of dimensions that only this input has gets a row.
    """
    return RollupSource(tuple(metrics), dict(dimensions or {}), join, adds_rows)


def _aggregate(table: Table, library: MetricLibrary, name: str, date: str | None) -> Metric:
    metric = library.metric(name)
    if not isinstance(metric, Metric):
        raise _error(
            table,
            f"column {name}: the metric {name} is a ratio, and ratios cannot be rolled up",
            f"Carry {metric.part} and {metric.whole}; readers write MEASURE({name}) of them.",
        )
    default = library.default_date(metric)
    if date != default:
        raise _error(
            table,
            f"column {name}: metric_rollup counts {name} by {default}, not by {date}",
            f"Write the SQL by hand, with MEASURE({name}, {date}).",
        )
    return metric


def _error(table: Table, message: str, step: str | None) -> LoadError:
    return table.error(message, "sql=", step)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
