"""A table's SQL constant: parsed once when the code is loaded, run as it was written.

Only the window's dates and the metrics are put in where the text names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse_assets.modeling.declaration.metric import AnyMetric
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary, metric_library
from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.modeling.load_errors import LoadError, line_of, line_of_sql, load_error
from warehouse_assets.modeling.portability import Refusal, refusals, unparsed
from warehouse_assets.modeling.sql.measure_calls import (
    NAME,
    MeasureCall,
    expansion,
    expression_tree,
    is_measure,
    measure_calls,
)

if TYPE_CHECKING:
    from resources.lake.model.window import Window
    from warehouse_assets.modeling.declaration.table import Table

# Quoted text and comments are matched first, so that nothing in them is taken for a parameter.
_PARAMETER = re.compile(
    r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|/\*[\s\S]*?\*/|(?<![:\w]):(start|end)\b"""
)
_EXAMPLE = (date(2026, 1, 1), date(2026, 1, 2))


@dataclass(frozen=True)
class Statement:
    """The one SELECT of a table."""

    table: Table
    sql: str

    @cached_property
    def tree(self) -> exp.Query:
        """The syntax tree, parsed once; whoever changes it takes a copy.

        Raises:
            LoadError: If the text is not one SELECT, or leaves the portable subset.
        """
        try:
            trees = [tree for tree in sqlglot.parse(self.sql, dialect="duckdb") if tree]
        except SqlglotError as error:
            raise self.error(*unparsed(error, self.sql)) from error
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            raise self.error("the SQL must be one SELECT", len(self.sql) - len(self.sql.lstrip()))
        for refusal in refusals(trees[0], sql_functions()):
            raise self.refused(refusal)
        return trees[0]

    @cached_property
    def tables(self) -> dict[str, int]:
        """Each table the SQL reads, with the position of its first mention."""
        inner = {cte.alias for cte in self.tree.find_all(exp.CTE)}
        found: dict[str, int] = {}
        for node in self.tree.find_all(exp.Table):
            if node.name not in inner:
                found.setdefault(node.name, position_of(node) or 0)
        return found

    @cached_property
    def library(self) -> MetricLibrary:
        """The metrics that the SQL may name: those of the table's own package."""
        return metric_library(self.table.contract.__module__.partition(".")[0])

    @cached_property
    def measures(self) -> tuple[tuple[MeasureCall, AnyMetric], ...]:
        """Each MEASURE(...) of the SQL with its metric, in the order of the text.

        Raises:
            LoadError: If one names no metric, or is written in another way.
        """
        if NAME not in self.sql.upper():
            return ()
        try:
            calls = sorted(measure_calls(self.tree, self.sql), key=lambda call: call.start)
        except ValueError as error:
            node: exp.Expr = error.args[0]
            step = "Write MEASURE(metric), or MEASURE(source.metric, date)."
            raise self.error(
                f"{node.sql('duckdb')}: no measure", position_of(node), step
            ) from error
        return tuple((call, self._metric(call)) for call in calls)

    def text(self, window: Window | None) -> str:
        """The SQL as the engine runs it: dates for its parameters, expressions for its metrics."""
        written, pieces = 0, list[str]()
        for start, end, instead in self._replaced(window):
            pieces += [self.sql[written:start], instead]
            written = end
        return "".join([*pieces, self.sql[written:]])

    def expanded_tree(self) -> exp.Query:
        """A copy of the tree that may be changed, with expressions in place of its metrics."""
        tree = self.tree.copy()
        calls = {call.start: (call, metric) for call, metric in self.measures}
        for node in [node for node in tree.find_all(exp.Anonymous) if is_measure(node)]:
            call, metric = calls[node.meta["start"]]
            node.replace(expression_tree(expansion(call, metric, self.library)).copy())
        return tree

    def projection(self, name: str | None = None) -> int | None:
        """Where the output column of that name is selected; the first one if there is none."""
        projections = {each.alias_or_name: each for each in self.tree.selects}
        return position_of(projections.get(name or "", next(iter(projections.values()), None)))

    @property
    def uses_window(self) -> bool:
        """Whether the SQL mentions :start or :end."""
        return any(match[1] for match in _PARAMETER.finditer(self.sql))

    def written_position(self, position: int) -> int:
        """Where the character at `position` of `text()` stands in the SQL as written."""
        shift = 0
        for start, end, instead in self._replaced(None):
            if start + shift > position:
                break
            if start + shift + len(instead) > position:
                return start
            shift += len(instead) - (end - start)
        return position - shift

    def error(
        self,
        message: str,
        position: int | None = None,
        next_step: str | None = None,
        line_in_sql: int | None = None,
    ) -> LoadError:
        """An error at a character, or a line, of the SQL."""
        if line_in_sql is not None:
            position = sum(len(line) + 1 for line in self.sql.split("\n")[: line_in_sql - 1])
        # SQL that a declaration made is not in the file: the declaration is shown.
        path = self.table.path
        line = line_of_sql(path, self.sql, position or 0) or line_of(path, "sql=")
        return load_error(self.table.name, self.table.path, line, message, next_step)

    def refused(self, refusal: Refusal) -> LoadError:
        """The error for a node that is outside the portable subset."""
        text = " ".join(refusal.node.sql("duckdb").split())[:60]
        return self.error(f"{text}: {refusal.reason}", position_of(refusal.node), refusal.next_step)

    def _replaced(self, window: Window | None) -> list[tuple[int, int, str]]:
        """What `text()` puts in place of which characters, in the order of the text."""
        start, end = (window.start, window.end) if window else _EXAMPLE
        dates = {"start": _literal(start), "end": _literal(end)}
        replaced = [
            (match.start(), match.end(), dates[match[1]])
            for match in _PARAMETER.finditer(self.sql)
            if match[1]
        ]
        replaced += [
            (call.start, call.end, expansion(call, metric, self.library))
            for call, metric in self.measures
        ]
        return sorted(replaced)

    def _metric(self, call: MeasureCall) -> AnyMetric:
        metric = self.library.get(call.metric)
        if metric is None:
            if error := self.library.missing(call.metric):
                raise error
            step = self.library.suggestion(call.metric)
            raise self.error(f"there is no metric {call.metric}", call.start, step)
        return metric


@cache
def statement_of(table: Table) -> Statement | None:
    """The SQL of a table, parsed and judged once; None where it has none."""
    return None if table.sql is None else Statement(table, table.sql)


def position_of(node: exp.Expr | None) -> int | None:
    """The character of the SQL at which a node, or what is around it, starts."""
    while node is not None:
        places = [child.meta["start"] for child in node.walk() if "start" in child.meta]
        if places:
            return min(places)
        node = node.parent
    return None


def _literal(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
