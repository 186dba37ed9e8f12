"""MEASURE(gmv) in a table's SQL: where it stands, and what the engine runs in its place.

Over the metric's fact it is the metric's expression. Over anything else it is the column of that
name, summed up where the SELECT groups; a ratio is its parts, divided. Whether the columns are
there and may be summed up is for metric_checks.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import sqlglot
from sqlglot import exp

from warehouse_assets.modeling.declaration.metric import AnyMetric, Metric
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary

NAME = "MEASURE"


@dataclass(frozen=True)
class MeasureCall:
    """One MEASURE(...): `source.metric` and the date it is counted by, as written.

    `start` and `end` are its characters in the SQL, half-open.
    """

    node: exp.Anonymous
    start: int
    end: int
    metric: str
    source: str | None
    counted_by: str | None

    @property
    def select(self) -> exp.Select:
        """The SELECT it stands in."""
        found = self.node.find_ancestor(exp.Select)
        assert found is not None
        return found

    @property
    def summed_up(self) -> bool:
        """Whether that SELECT groups its rows."""
        return self.select.args.get("group") is not None

    def fact_alias(self, metric: Metric) -> str | None:
        """What the SELECT calls the metric's fact; None where it does not read it."""
        return next(
            (
                table.alias_or_name
                for table in read_directly(self.select)
                if table.name == metric.over and self.source in (None, table.alias_or_name)
            ),
            None,
        )


def is_measure(node: exp.Expr) -> bool:
    """Whether the node is a MEASURE(...) call."""
    return isinstance(node, exp.Anonymous) and node.name.upper() == NAME


def measure_calls(tree: exp.Expr, sql: str) -> Iterator[MeasureCall]:
    """Every call in the tree of the SQL.

    Raises:
        ValueError: If one is not written as MEASURE(metric) or MEASURE(source.metric, date); its
            argument is the node.
    """
    for node in tree.find_all(exp.Anonymous):
        if not is_measure(node):
            continue
        arguments = node.expressions
        if not arguments or len(arguments) > 2 or not _are_names(arguments):
            raise ValueError(node)
        start: int = node.meta["start"]
        yield MeasureCall(
            node=node,
            start=start,
            end=sql.index(")", start) + 1,
            metric=arguments[0].name,
            source=arguments[0].table or None,
            counted_by=arguments[1].name if len(arguments) > 1 else None,
        )


def expansion(call: MeasureCall, metric: AnyMetric, library: MetricLibrary) -> str:
    """The SQL that stands for a call."""
    parts = [_part(call, part) for part in library.parts(metric)]
    return divided(metric, parts)


def divided(metric: AnyMetric, parts: Sequence[str]) -> str:
    """The SQL of a metric from that of its parts: the one there is, or their ratio."""
    if isinstance(metric, Metric):
        return parts[0]
    return f"divide_{metric.unit}({', '.join(parts)})"


def aggregate(metric: Metric, source: str) -> str:
    """The metric's expression over a fact that the SELECT calls `source`."""
    tree = expression_tree(metric.expression).copy()
    for column in tree.find_all(exp.Column):
        column.set("table", exp.to_identifier(source))
    return tree.sql("duckdb")


@cache
def expression_tree(expression: str) -> exp.Expr:
    """The syntax tree of a metric or a check, parsed once; whoever changes it takes a copy.

    Raises:
        sqlglot.errors.ParseError: If it does not parse.
    """
    return sqlglot.parse_one(expression, dialect="duckdb")


def read_directly(select: exp.Select) -> Iterator[exp.Table]:
    """The tables, CTEs included, that a SELECT reads in FROM and in its joins."""
    clauses: list[exp.Expr] = [*([select.args["from_"]] if select.args.get("from_") else [])]
    clauses += select.args.get("joins") or []
    for clause in clauses:
        if isinstance(clause.this, exp.Table):
            yield clause.this


def _part(call: MeasureCall, metric: Metric) -> str:
    alias = call.fact_alias(metric)
    if alias is not None:
        return aggregate(metric, alias)
    column = f"{call.source}.{metric.name}" if call.source else metric.name
    return f"SUM({column})" if call.summed_up else column


def _are_names(arguments: Sequence[exp.Expr]) -> bool:
    return all(isinstance(each, exp.Column) for each in arguments)
