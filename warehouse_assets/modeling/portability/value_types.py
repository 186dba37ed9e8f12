"""What type the values of an expression have: as far as engines differ in what they make of it.

An instant has no date and no hour but in a time zone. Whatever would take the engine's is refused,
so that a table and a person's query show the same. A text is no number and no date before a CAST.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from resources.lake.model.column_type import column_type
from warehouse_assets.modeling.portability.advice import Refusal
from warehouse_assets.modeling.portability.alike import (
    BUSINESS,
    COMPARED,
    DATE,
    FLAG,
    INSTANT,
    READ_AS_NUMBER,
    TEXT,
    arms,
    choices,
    differing,
    groups,
    operands,
)
from warehouse_assets.modeling.portability.judge import refusals
from warehouse_assets.modeling.portability.names import reused_names

if TYPE_CHECKING:
    from warehouse_assets.modeling.functions.sql_function import SqlFunction

Types = Mapping[str, str]
"""The type of each column."""

_ALIKE = (exp.Alias, exp.Paren, exp.Window, exp.Max, exp.Min, exp.Lag, exp.Lead, exp.FirstValue,
          exp.LastValue, exp.Nullif)  # fmt: skip
_TEXTS = (exp.Concat, exp.Replace, exp.Lower, exp.Upper, exp.Trim, exp.Substring)
_RECKONED = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg)
_CUT = (exp.DataType.Type.BIGINT, exp.DataType.Type.INT)
_PLAIN = frozenset((exp.Boolean, exp.Column, exp.DataType, exp.DataTypeParam, exp.Identifier,
                    exp.Literal, exp.Null, exp.Placeholder, exp.Table, exp.TableAlias,
                    exp.Var))  # fmt: skip
"""Nodes that take nothing for anything: there is no expression in them."""
_KEPT = (exp.Select, exp.Count, exp.Distinct, exp.Is, exp.Order, exp.Ordered, exp.Group, exp.Tuple,
         exp.Values, exp.Subquery, exp.Interval, exp.If)  # fmt: skip


class ValueTypes:
    """The types of the expressions in one SELECT, or in one expression over known columns."""

    def __init__(
        self, tree: exp.Expr, tables: Mapping[str, Types], own_functions: Mapping[str, SqlFunction]
    ) -> None:
        """`tables`: columns of each table by its name; of an expression, those of the name ""."""
        self._tree, self._tables, self._own_functions = tree, tables, own_functions
        scopes = traverse_scope(tree) if isinstance(tree, exp.Query) else []
        self._scopes = {id(scope.expression): scope for scope in scopes}
        self._known: dict[tuple[int, str, str], str | None] = {}
        self._nodes: dict[int, str | None] = {}

    def of(self, node: exp.Expr | None) -> str | None:
        """The type of an expression's values; None where it is not known."""
        if id(node) not in self._nodes:
            self._nodes[id(node)] = self._type(node)
        return self._nodes[id(node)]

    def _type(self, node: exp.Expr | None) -> str | None:
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
                function = self._own_functions.get(str(node.name).lower())
                return function.returns if function else None
            case exp.Add() | exp.Sub() if isinstance(node.expression, exp.Interval):
                return self.of(node.this)
            case exp.Literal():
                scale = len(node.name.partition(".")[2])
                return TEXT if node.is_string else f"DECIMAL(38,{scale})"
            case exp.Predicate() | exp.And() | exp.Or() | exp.Not():
                return FLAG
            case (
                exp.Concat()
                | exp.Replace()
                | exp.Lower()
                | exp.Upper()
                | exp.Trim()
                | exp.Substring()
            ):
                return TEXT
            case exp.Count():
                return "BIGINT"
            case exp.Sum() | exp.Mul() | exp.Mod() | exp.Neg() | exp.Round() | exp.Abs():
                return "DECIMAL"
            case exp.Coalesce() | exp.Case():
                found = [self.of(each) for each in choices(node)]
                return INSTANT if INSTANT in found else next((each for each in found if each), None)
            case exp.Expr() if isinstance(node, _ALIKE):
                return self.of(node.this)
            case _:
                return None

    def refusals(self) -> Iterator[Refusal]:
        """Where an instant or a date is taken for something else, or a name for another."""
        yield from reused_names(self._scopes, self._has)
        for node in self._tree.walk():
            if type(node) in _PLAIN:
                continue
            differ = (differing({self.of(each) for each in alike}) for alike in groups(node))
            found = next((each for each in differ if each), None)
            if isinstance(node, exp.Join):
                found = self._joined(node)
            elif isinstance(node, exp.Anonymous):
                found = self._argument(node)
            elif found is None and not isinstance(node, (*COMPARED, exp.Coalesce, exp.Case)):
                found = self._arithmetic(node)
            if found:
                yield Refusal(node, *found)

    def _joined(self, join: exp.Join) -> tuple[str, str] | None:
        """The columns that USING takes for the same."""
        scope = self._scopes.get(id(join.parent))
        for column in join.args.get("using") or []:
            sources = scope.sources.values() if scope else ()
            found = differing({self._given(each, column.name) for each in sources})
            if found:
                return found
        return None

    def _argument(self, node: exp.Anonymous) -> tuple[str, str] | None:
        function = self._own_functions.get(str(node.name).lower())
        if function is None:
            return None
        for (name, wanted), given in zip(function.parameters, node.expressions, strict=False):
            found = self.of(given)
            if found is None:
                continue
            if (found == INSTANT) != (wanted == INSTANT) or (found == TEXT and wanted != TEXT):
                return f"{name} is {wanted}, and this is {found}", f"It is {function.signature}."
        return None

    def _arithmetic(self, node: exp.Expr) -> tuple[str, str] | None:
        types = [self.of(each) for each in operands(node)]
        if isinstance(node, _RECKONED) and TEXT in types:
            return READ_AS_NUMBER
        if (
            isinstance(node, exp.Cast)
            and node.to.this in _CUT
            and column_type(types[0] or "").scale
        ):
            return "it is rounded here and cut in other engines", (
                "Write CAST(ROUND(x) AS BIGINT), or keep its digits."
            )
        if isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.TEXT and FLAG in types:
            return "a truth value is 'true' here and '1' in StarRocks", "Use CASE."
        if isinstance(node, exp.Sum) and FLAG in types:
            return "engines do not add truth values alike", "Write SUM(CASE WHEN x THEN 1 END)."
        if INSTANT in types and not isinstance(node, (*_ALIKE, *_KEPT)):
            return "it takes the engine's clock zone, not the business zone", BUSINESS
        if self._is_read_as_date(node):
            return "a text such as 'today' would read the clock", (
                "Declare the column as Day where it is delivered; of an instant, use "
                "business_date()."
            )
        if isinstance(node, exp.Sub) and types == [DATE, DATE]:
            return "engines disagree on what a date less a date is", "Use days_between()."
        has_interval = any(isinstance(each, exp.Interval) for each in operands(node))
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
        place = (id(select), column.name, column.table)
        if place not in self._known:
            self._known[place] = self._looked_up(select, column)
        return self._known[place]

    def _looked_up(self, select: exp.Select | None, column: exp.Column) -> str | None:
        """The type of a column as the SELECT around it knows it, or those around that."""
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
        place = (id(query), name, "what it gives")
        if place not in self._known:
            self._known[place] = None
            self._known[place] = self._first(query, name)
        return self._known[place]

    def _has(self, source: exp.Expr | Scope, name: str) -> bool:
        """Whether what is read from has the column; a table that is not known has any."""
        if isinstance(source, exp.Table):
            columns = self._tables.get(source.name)
            return columns is None or name.lower() in {each.lower() for each in columns}
        if not isinstance(source, Scope):
            return True
        given = source.expression
        names = source.outer_columns or (
            given.named_selects if isinstance(given, exp.Query) else given.alias_column_names
        )
        return name.lower() in {each.lower() for each in names}

    def _first(self, query: exp.Query, name: str) -> str | None:
        """The type of an inner SELECT's column: of a UNION, the first one that is known."""
        names = [each.alias_or_name for each in query.selects]
        if name not in names:
            return None
        number = names.index(name)
        given = [arm.selects for arm in arms(query)]
        found = (self.of(selects[number]) for selects in given if number < len(selects))
        return next((each for each in found if each is not None), None)


def expression_refusals(
    tree: exp.Expr, columns: Types, own_functions: Mapping[str, SqlFunction]
) -> Iterator[Refusal]:
    """What is not portable in one expression over columns: a check, a metric, a function's body."""
    yield from refusals(tree, own_functions, ())
    yield from ValueTypes(tree, {"": columns}, own_functions).refusals()
