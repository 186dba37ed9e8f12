"""A table's SQL constant: parsed once when the code is loaded, run as it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from warehouse_assets.modeling.load_errors import LoadError, line_of_sql, load_error
from warehouse_assets.modeling.portable import refusals

if TYPE_CHECKING:
    from resources.lake.window import Window
    from warehouse_assets.modeling.table import Table

# Quoted text and comments are matched first, so that nothing in them is taken for a parameter.
_PARAMETER = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(?<![:\w]):(start|end)\b")
_EXAMPLE = (date(2026, 1, 1), date(2026, 1, 2))


@dataclass(frozen=True)
class Statement:
    """The one SELECT of a table."""

    table: Table
    sql: str

    @cached_property
    def tree(self) -> exp.Query:
        """The syntax tree.

        Raises:
            LoadError: If the text is not one SELECT, or leaves the portable subset.
        """
        try:
            trees = [tree for tree in sqlglot.parse(self.sql, dialect="duckdb") if tree]
        except ParseError as error:
            first = error.errors[0]
            raise self.error(first["description"], line_in_sql=first["line"]) from error
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            raise self.error("the SQL must be one SELECT", len(self.sql) - len(self.sql.lstrip()))
        for node, reason in refusals(trees[0]):
            text = node.sql("duckdb")
            raise self.error(f"{text[:60]}: {reason}", position_of(node))
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

    def text(self, window: Window | None) -> str:
        """The SQL as the engine runs it, with the window's dates in place of its parameters."""
        start, end = (window.start, window.end) if window else _EXAMPLE
        dates = {"start": _literal(start), "end": _literal(end), None: None}
        return _PARAMETER.sub(lambda match: dates[match[1]] or match[0], self.sql)

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
        for match in _PARAMETER.finditer(self.sql):
            if match.start() + shift >= position:
                break
            if match[1]:
                shift += len(_literal(_EXAMPLE[0])) - len(match[0])
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
        line = line_of_sql(self.table.path, self.sql, position or 0)
        return load_error(self.table.name, self.table.path, line, message, next_step)


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
