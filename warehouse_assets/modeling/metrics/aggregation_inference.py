"""What an expression of a table's SQL shows: a metric, something made of metrics, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from warehouse_assets.modeling.declaration.metric import AnyMetric, Metric
from warehouse_assets.modeling.metrics.summaries import carriers
from warehouse_assets.modeling.sql.measure_calls import MeasureCall, is_measure
from warehouse_assets.modeling.sql.statement import Statement, position_of

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table


Source = exp.Table | Scope
"""A table, or an inner SELECT: a CTE or a subquery."""


@dataclass(frozen=True)
class Figure:
    """What an expression shows.

    Attributes:
        metric: The metric whose values these are; None for anything else.
        dates: What the measures in it are counted by.
        constant: Whether it is a literal, which stands in for any metric.
    """

    metric: str | None = None
    dates: frozenset[str] = frozenset()
    constant: bool = False


class Figures:
    """Follows expressions through CTEs and subqueries to MEASURE(...) and to contract columns."""

    def __init__(self, statement: Statement, tables: Mapping[str, Table]) -> None:
        self._statement = statement
        self._tables = tables
        self._calls = {id(call.node): (call, metric) for call, metric in statement.measures}

    def of(self, node: exp.Expr, scope: Scope) -> Figure:
        """What the expression shows in the SELECT of that scope.

        Raises:
            LoadError: Where it sums up a metric that must not be, or measures what is not there.
        """
        if is_measure(node):
            return self._of_call(*self._calls[id(node)], scope)
        if isinstance(node, exp.Column):
            source = self._source(node.name, node.table, scope)
            return self.of_column(node.name, source[1]) if source else Figure()
        if isinstance(node, exp.Literal | exp.Null | exp.Boolean):
            return Figure(constant=True)
        if isinstance(node, exp.Subquery | exp.Query):
            return Figure()
        shown = [self.of(child, scope) for child in operands(node)]
        dates = frozenset(date for figure in shown for date in figure.dates)
        if isinstance(node, exp.Sum):
            self._check_sum(node, scope)
        if isinstance(node, exp.Alias | exp.Paren | exp.Cast | exp.Coalesce | exp.Sum):
            return _merged(shown)
        return Figure(None, dates)

    def of_column(self, name: str, source: Source) -> Figure:
        """What a column of a table, or of an inner SELECT, shows."""
        if isinstance(source, exp.Table):
            table = self._tables.get(source.name)
            columns = table.columns if table else ()
            role = next((column.role for column in columns if column.spec.name == name), None)
            if role is None or role.metric is None or role.counted_by is None:
                return Figure()
            return Figure(role.metric, frozenset({role.counted_by}))
        place = given_names(source).index(name)
        shown = [self.of(projections(each)[place], each) for each in branches(source)]
        figure = _merged(shown)
        # A long column has a metric in each row: none of its rows mixes their dates.
        return figure if figure.metric or len(shown) == 1 else Figure()

    def _of_call(self, call: MeasureCall, metric: AnyMetric, scope: Scope) -> Figure:
        library = self._statement.library
        choices = library.dates(metric)
        asked = choices.get(call.counted_by or next(iter(choices)))
        if asked is None:
            listed = ", ".join(choices)
            raise self._error(call, f"is counted by {listed}, not by {call.counted_by}")
        parts = zip(library.parts(metric), asked, strict=True)
        counted = tuple(self._counted_by(call, part, date, scope) for part, date in parts)
        for name, dates in choices.items():
            if counted == dates:
                return Figure(metric.name, frozenset({name}))
        raise self._error(
            call,
            f"is counted by {', '.join(choices)}, and its parts here by {' and '.join(counted)}",
        )

    def _counted_by(self, call: MeasureCall, part: Metric, date: str, scope: Scope) -> str:
        """What one part of a call is counted by; checks that it is there at all."""
        fact = call.fact_alias(part)
        if fact is not None:
            self._check_over_fact(call, part, date, fact)
            return date
        found = self._source(part.name, call.source or "", scope)
        figure = self.of_column(part.name, found[1]) if found else Figure()
        if found is None or figure.metric != part.name:
            raise self._error(call, self._missing(call, part, scope), self._where(part))
        if call.summed_up:
            self._check_summable(call.node, part, found, scope)
        (counted,) = figure.dates
        if call.counted_by and counted != date:
            raise self._error(call, f"is counted by {counted} there, not by {date}")
        return counted

    def _check_over_fact(self, call: MeasureCall, part: Metric, date: str, fact: str) -> None:
        """The SELECT shows the metric by one of its dates, and all of it."""
        grouped = grouped_columns(call.select)
        if (fact, part.dates[date]) not in grouped and ("", part.dates[date]) not in grouped:
            others = ", ".join(f"{name} ({column})" for name, column in part.dates.items())
            raise self._error(
                call,
                f"is counted by {date}, and the SELECT does not group by {part.dates[date]}",
                f"It may be counted by {others}: MEASURE({call.metric}, date).",
            )
        where = call.select.args.get("where")
        names = {name for _, name in grouped}
        for column in where.find_all(exp.Column) if where else ():
            if column.name not in names:
                raise self._error(
                    call,
                    f"counts every row of {part.over}, and WHERE leaves some out by {column.name}",
                    f"Group by {column.name}, or declare a metric of its own.",
                )
        for join in call.select.args.get("joins") or ():
            if join.side != "LEFT":
                raise self._error(
                    call,
                    f"counts every row of {part.over}, and a join with "
                    f"{join.alias_or_name} may leave some out",
                    "Write LEFT JOIN.",
                )

    def _check_sum(self, node: exp.Sum, scope: Scope) -> None:
        """None of the columns whose values a SUM adds up carries a metric that forbids it."""
        for column in valued_columns(node.this):
            found = self._source(column.name, column.table, scope)
            name = self.of_column(column.name, found[1]).metric if found else None
            metric = self._statement.library.get(name) if name else None
            if metric is None or found is None:
                continue
            if not isinstance(metric, Metric):
                raise self._not_summable(node, metric)
            self._check_summable(node, metric, found, scope)

    def _check_summable(
        self, node: exp.Expr, metric: Metric, found: tuple[str, Source], scope: Scope
    ) -> None:
        """A sum of the column leaves no column behind that it must not be summed up over."""
        if metric.not_over is None:
            raise self._not_summable(node, metric)
        alias, source = found
        kept: set[str] = set()
        if not isinstance(node.parent, exp.Window):
            grouped = grouped_columns(scope.expression)
            kept = {name for owner, name in grouped if owner in (alias, "")}
        for name in self._dimensions(source):
            if name in metric.not_over and name not in kept:
                raise self._not_summable(node, metric, name)

    def _dimensions(self, source: Source) -> list[str]:
        """The columns of a source that tell its rows apart."""
        if isinstance(source, exp.Table):
            table = self._tables[source.name]
            return [name for name in (*table.key, table.partition_column) if name]
        return [name for name in given_names(source) if not self.of_column(name, source).dates]

    def _source(self, column: str, alias: str, scope: Scope) -> tuple[str, Source] | None:
        """The source, with its alias, that has a column."""
        for name, (_, source) in scope.selected_sources.items():
            if alias in ("", name) and column in self._columns(source):
                return name, source
        return None

    def _columns(self, source: Source) -> list[str]:
        if isinstance(source, Scope):
            return given_names(source)
        table = self._tables.get(source.name)
        return [column.spec.name for column in table.columns] if table else []

    def _missing(self, call: MeasureCall, part: Metric, scope: Scope) -> str:
        sources = [call.source] if call.source else list(scope.selected_sources)
        of = "" if part.name == call.metric else f"its part {part.name}: "
        return f"{of}{', '.join(sources)} is not its fact {part.over} and carries no {part.name}"

    def _where(self, part: Metric) -> str:
        own = self._statement.table.name
        found = [name for name in carriers(self._tables, part.name) if name != own]
        return f"Select from {' or '.join([part.over, *found])}."

    def _error(self, call: MeasureCall, message: str, step: str | None = None) -> Exception:
        return self._statement.error(f"MEASURE({call.metric}): {message}", call.start, step)

    def _not_summable(
        self, node: exp.Expr, metric: AnyMetric, name: str | None = None
    ) -> Exception:
        over = f" over {name}" if name else ""
        return self._statement.error(
            f"{node.sql('duckdb')}: {metric.name} is {metric.additivity} and must not be "
            f"summed up{over}",
            position_of(node),
            f"Group by {name} as well." if name else self._from_fact(metric),
        )

    def _from_fact(self, metric: AnyMetric) -> str:
        facts = {part.over for part in self._statement.library.parts(metric)}
        if isinstance(metric, Metric):
            return f"Compute it from {metric.over}: MEASURE({metric.name})."
        return f"Divide sums of its parts: MEASURE({metric.name}), over {' and '.join(facts)}."


def _merged(figures: list[Figure]) -> Figure:
    """One figure of several that stand for each other, such as the branches of a UNION."""
    shown = [figure for figure in figures if not figure.constant]
    if not shown:
        return Figure(constant=bool(figures))
    metrics = {figure.metric for figure in shown}
    dates = frozenset(date for figure in shown for date in figure.dates)
    return Figure(metrics.pop() if len(metrics) == 1 else None, dates)


def branches(scope: Scope) -> list[Scope]:
    """The SELECTs that a set operation puts together; the scope itself where it is none."""
    if not scope.set_operation_scopes:
        return [scope]
    return [branch for each in scope.set_operation_scopes for branch in branches(each)]


def projections(scope: Scope) -> list[exp.Expr]:
    """What a SELECT gives, in order; of a set operation, what its first SELECT gives."""
    assert isinstance(scope.expression, exp.Query)
    return list(scope.expression.selects)


def given_names(scope: Scope) -> list[str]:
    """The names of what a SELECT gives."""
    return [each.alias_or_name for each in projections(scope)]


def grouped_columns(select: exp.Expr) -> set[tuple[str, str]]:
    """The columns a SELECT groups by: (source as written, name)."""
    group = select.args.get("group")
    columns = group.expressions if group else []
    return {(each.table, each.name) for each in columns if isinstance(each, exp.Column)}


def operands(node: exp.Expr) -> Iterator[exp.Expr]:
    """The children whose values an expression shows: not the name of an alias or a type."""
    for child in node.iter_expressions():
        if not isinstance(child, exp.Identifier | exp.DataType):
            yield child


def valued_columns(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns whose values an expression may give: not those that a CASE only looks at."""
    if isinstance(node, exp.Column):
        yield node
    for name, child in node.args.items():
        if isinstance(node, exp.If) and name == "this":
            continue
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, exp.Expr):
                yield from valued_columns(each)
