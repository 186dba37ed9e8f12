"""What type the values of an expression have: as far as it matters for instants and dates.

An instant has no date and no hour but in a time zone. Whatever would take the engine's is refused,
so that a table and a person's query show the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from warehouse_assets.modeling.portable.judge import Refusal

if TYPE_CHECKING:
    from warehouse_assets.modeling.functions.sql_function import SqlFunction

INSTANT, DATE = "TIMESTAMP WITH TIME ZONE", "DATE"
Types = Mapping[str, str]
"""The type of each column."""

_ALIKE = (exp.Alias, exp.Paren, exp.Window, exp.Max, exp.Min, exp.Lag, exp.Lead, exp.FirstValue,
          exp.LastValue, exp.Nullif)  # fmt: skip
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
_KEPT = (exp.Select, exp.Count, exp.Distinct, exp.Is, exp.Order, exp.Ordered, exp.Group, exp.Tuple,
         exp.Values, exp.Subquery, exp.Interval, exp.If)  # fmt: skip
_BUSINESS = (
    "Use business_date(), business_hour(), business_month() or business_time(): they know the "
    "business time zone."
)


class ValueTypes:
    """The types of the expressions in one SELECT, or in one expression over known columns."""

    def __init__(
        self, tree: exp.Expr, tables: Mapping[str, Types], house: Mapping[str, SqlFunction]
    ) -> None:
        """`tables`: columns of each table by its name; of an expression, those of the name ""."""
        self._tree, self._tables, self._house = tree, tables, house
        scopes = traverse_scope(tree) if isinstance(tree, exp.Query) else []
        self._scopes = {id(scope.expression): scope for scope in scopes}
        self._known: dict[tuple[int, str, str], str | None] = {}

    def of(self, node: exp.Expr | None) -> str | None:
        """The type of an expression's values; None where it is not known."""
        match node:
            case exp.Column():
                return self._of_column(node)
            case exp.Cast():
                return DATE if node.to.this is exp.DataType.Type.DATE else node.to.sql("duckdb")
            case exp.Placeholder():
                return DATE
            case exp.Subquery():
                return self.of(next(iter(node.selects), None))
            case exp.Anonymous():
                function = self._house.get(str(node.name).lower())
                return function.returns if function else None
            case exp.Add() | exp.Sub() if isinstance(node.expression, exp.Interval):
                return self.of(node.this)
            case exp.Literal():
                return "VARCHAR" if node.is_string else "DECIMAL"
            case exp.Concat() | exp.Lower() | exp.Upper() | exp.Trim() | exp.Substring():
                return "VARCHAR"
            case exp.Count():
                return "BIGINT"
            case exp.Coalesce() | exp.Case():
                found = [self.of(each) for each in _choices(node)]
                return INSTANT if INSTANT in found else next((each for each in found if each), None)
            case exp.Expr() if isinstance(node, _ALIKE):
                return self.of(node.this)
            case _:
                return None

    def refusals(self) -> Iterator[Refusal]:
        """Where an instant or a date is taken for something else."""
        for node in self._tree.walk():
            if isinstance(node, (*_COMPARED, exp.Coalesce, exp.Case)):
                found = self._mixed(node)
            elif isinstance(node, exp.Anonymous):
                found = self._argument(node)
            else:
                found = self._arithmetic(node)
            if found:
                yield Refusal(node, *found)

    def _mixed(self, node: exp.Expr) -> tuple[str, str] | None:
        """A comparison, or a choice, of an instant or a date and of what is none."""
        chosen = isinstance(node, exp.Coalesce | exp.Case)
        alike = _choices(node) if chosen else _operands(node)
        types = {self.of(each) for each in alike} - {None}
        if INSTANT in types and len(types) > 1:
            other = next(each for each in types if each != INSTANT)
            return f"it takes an instant and a {other} for the same", _BUSINESS
        if {DATE, "VARCHAR"} <= types:
            return "a text is read as a date", "Write DATE '2026-01-31'."
        return None

    def _argument(self, node: exp.Anonymous) -> tuple[str, str] | None:
        function = self._house.get(str(node.name).lower())
        if function is None:
            return None
        for (name, wanted), given in zip(function.parameters, node.expressions, strict=False):
            found = self.of(given)
            if found is not None and (found == INSTANT) != (wanted == INSTANT):
                return f"{name} is {wanted}, and this is {found}", f"It is {function.signature}."
        return None

    def _arithmetic(self, node: exp.Expr) -> tuple[str, str] | None:
        types = [self.of(each) for each in _operands(node)]
        if INSTANT in types and not isinstance(node, (*_ALIKE, *_KEPT)):
            return "it takes the engine's clock zone, not the business zone", _BUSINESS
        if self._is_read_as_date(node):
            return "a text such as 'today' would read the clock", (
                "Declare the column as Day where it is delivered; of an instant, use "
                "business_date()."
            )
        if isinstance(node, exp.Sub) and types == [DATE, DATE]:
            return "engines disagree on what a date less a date is", "Use days_between()."
        has_interval = any(isinstance(each, exp.Interval) for each in _operands(node))
        if isinstance(node, exp.Add | exp.Sub) and DATE in types and not has_interval:
            return "engines disagree on what a date and a number are", "Add INTERVAL 1 DAY."
        return None

    def _is_read_as_date(self, node: exp.Expr) -> bool:
        """Whether it is a CAST AS DATE of what is neither a date nor a literal."""
        if not isinstance(node, exp.Cast) or node.to.this is not exp.DataType.Type.DATE:
            return False
        return self.of(node.this) != DATE and not isinstance(node.this, exp.Literal | exp.Null)

    def _of_column(self, column: exp.Column) -> str | None:
        flat = self._tables.get("")
        if flat is not None:
            return flat.get(column.name)
        select = column.find_ancestor(exp.Select)
        while select is not None:
            scope = self._scopes.get(id(select))
            if scope is not None:
                for name, source in scope.sources.items():
                    if column.table in ("", name):
                        found = self._given(source, column.name)
                        if found is not None:
                            return found
            select = select.find_ancestor(exp.Select)
        return None

    def _given(self, source: exp.Expr | Scope, name: str) -> str | None:
        if isinstance(source, exp.Table):
            return self._tables.get(source.name, {}).get(name)
        if not isinstance(source, Scope):
            return None
        query = source.expression
        if not isinstance(query, exp.Query):
            return None
        place = (id(query), name, "")
        if place not in self._known:
            self._known[place] = None
            self._known[place] = self._first(query, name)
        return self._known[place]

    def _first(self, query: exp.Query, name: str) -> str | None:
        """The type of an inner SELECT's column: of a UNION, the first one that is known."""
        names = [each.alias_or_name for each in query.selects]
        if name not in names:
            return None
        number = names.index(name)
        arms = [arm.selects for arm in _arms(query)]
        found = (self.of(selects[number]) for selects in arms if number < len(selects))
        return next((each for each in found if each is not None), None)


def _arms(query: exp.Query) -> list[exp.Query]:
    """The SELECTs that a set operation puts together; the query itself where it is none."""
    if not isinstance(query, exp.SetOperation):
        return [query]
    sides = (query.this.unnest(), query.expression.unnest())
    return [arm for side in sides if isinstance(side, exp.Query) for arm in _arms(side)]


def _choices(node: exp.Expr) -> list[exp.Expr]:
    """What a COALESCE or CASE may give."""
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        return [*(each.args["true"] for each in node.args["ifs"]), *([default] if default else [])]
    return [node.this, *node.expressions]


def _operands(node: exp.Expr) -> list[exp.Expr]:
    return [each for each in node.iter_expressions()
            if not isinstance(each, exp.Identifier | exp.DataType | exp.TableAlias)]  # fmt: skip
