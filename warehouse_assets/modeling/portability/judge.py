"""Judging SQL by what is allowed: every node, what it says, and the words in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

from sqlglot import exp

from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.portability import advice, allowed, constants, names
from warehouse_assets.modeling.portability.advice import MEASURE, Refusal

_PLACE = "docs/portable_sql.md lists what there is."


def refusals(
    tree: exp.Expr, own_functions: Collection[str], parameters: Collection[str] = allowed.PARAMETERS
) -> Iterator[Refusal]:
    """Every node that the subset does not have, in the order of the tree.

    Args:
        tree: A SELECT, or an expression.
        own_functions: Names of the functions that may be called beside the standard ones.
        parameters: Names that `:name` may have.
    """
    for node in tree.walk():
        for judge in _judges_of(type(node)):
            found = judge(node)
            if found:
                yield Refusal(node, found[0], found[1] or _PLACE)
                break
        else:
            if isinstance(node, exp.Anonymous):
                name = str(node.name).lower()
                if name not in own_functions and name != MEASURE:
                    yield Refusal(node, *_unknown(name, own_functions))
            elif isinstance(node, exp.Placeholder) and node.name not in parameters:
                known = " and ".join(f":{name}" for name in parameters) or "none"
                yield Refusal(node, "there is no such parameter", f"There is {known}.")


def _kind(node: exp.Expr) -> advice.Advice | None:
    kind = type(node)
    if kind is exp.Anonymous:
        return advice.FILE if isinstance(node.parent, exp.Table) else None
    if kind is exp.Star and isinstance(node.parent, exp.Count):
        return None
    may_say = allowed.NODES.get(kind)
    if may_say is None:
        known = advice.OF_NODES.get(kind) or advice.of_name(_written(node))
        return known or ("it is not in the portable subset", None)
    for name, value in node.args.items():
        if value in (None, False, [], "") or name in may_say:
            continue
        if isinstance(value, exp.Expr) and type(value) in advice.OF_NODES:
            return advice.OF_NODES[type(value)]
        said = name.strip("_").replace("_", " ").upper()
        return (f"{kind.__name__.upper()} with {said} is not in the portable subset", None)
    return None


def _written(node: exp.Expr) -> str:
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def _is(node: exp.Is) -> advice.Advice | None:
    if not isinstance(node.expression, exp.Null):
        return ("only NULL may stand behind IS", "Write COALESCE(x, FALSE), or its opposite.")
    return None


def _equal_or_both_null(node: exp.Or) -> advice.Advice | None:
    """`a = b OR (a IS NULL AND b IS NULL)`: the engine gives FALSE where it is NULL."""
    unnested = [term.unnest() for term in node.flatten()]
    terms = {term.sql() for term in unnested if isinstance(term, exp.And)}
    if not terms:
        return None
    for equal in unnested:
        if isinstance(equal, exp.EQ):
            both = [f"{side.sql()} IS NULL" for side in (equal.this, equal.expression)]
            if terms & {" AND ".join(both), " AND ".join(reversed(both))}:
                return (
                    "the engine gives FALSE where one of the two is NULL",
                    "Write COALESCE(a = b, a IS NULL AND b IS NULL).",
                )
    return None


def _join(node: exp.Join) -> advice.Advice | None:
    kind, side = str(node.kind).upper(), str(node.side).upper()
    if kind in ("SEMI", "ANTI"):
        word = "EXISTS" if kind == "SEMI" else "NOT EXISTS"
        return (
            f"a {kind} JOIN is an inner join in StarRocks",
            f"Write WHERE {word} (SELECT 1 FROM ... WHERE ...).",
        )
    if kind not in allowed.JOINS or side not in allowed.SIDES:
        return (f"{side} {kind} JOIN is not in the portable subset".strip(), None)
    return None


def _every_row(node: exp.Intersect | exp.Except) -> advice.Advice | None:
    if not node.args.get("distinct"):
        return (f"{type(node).__name__.upper()} ALL is unknown to StarRocks", "Leave ALL out.")
    return None


def _tuple(node: exp.Tuple) -> advice.Advice | None:
    if not isinstance(node.parent, exp.Values):
        return ("nested values differ between engines", "Compare column by column.")
    return None


def _window_function(node: exp.Expr) -> advice.Advice | None:
    window = node.parent
    if not isinstance(window, exp.Window) or not _orders(window):
        return (
            "without an order of rows a re-run would differ",
            "Add OVER (... ORDER BY ...), by columns that PARTITION BY does not name.",
        )
    return None


def _window_frame(node: exp.WindowSpec) -> advice.Advice | None:
    if str(node.args.get("kind")).upper() != "ROWS":
        return ("its bounds differ between engines", "Join dim_date and compare dates.")
    if any(isinstance(node.args.get(edge), exp.Column) for edge in ("start", "end")):
        return ("its bounds are no constants", "Write ROWS BETWEEN 2 PRECEDING AND ...")
    if isinstance(node.parent, exp.Window) and not _orders(node.parent):
        return ("which rows are before it is left to chance", "Add ORDER BY to the window.")
    return None


def _orders(window: exp.Window) -> bool:
    """Whether ORDER BY tells rows of a partition apart: a constant does not."""
    order = window.args.get("order")
    if order is None:
        return False
    alike = {each.sql() for each in window.args.get("partition_by") or []}
    return any(each.find(exp.Column) and each.this.sql() not in alike for each in order.expressions)


def _order(node: exp.Select) -> advice.Advice | None:
    if node.args.get("order"):
        return ("a table has no order of rows", "Leave ORDER BY out.")
    return None


_Judge = Callable[[Any], advice.Advice | None]

# Which nodes each of them judges. The first reason that one of them has is the one that is given.
_JUDGES: tuple[tuple[tuple[type[exp.Expr], ...], _Judge], ...] = (
    ((exp.Select,), _order),
    ((exp.TableAlias,), names.table_alias),
    ((exp.Table,), names.table),
    ((exp.Column,), names.column),
    ((exp.Join,), _join),
    ((exp.Intersect, exp.Except), _every_row),
    ((exp.Expr,), _kind),
    ((exp.Literal,), constants.literal),
    ((exp.DataType,), constants.cast),
    ((exp.Interval,), constants.interval),
    ((exp.Like,), constants.like),
    ((exp.RegexpLike,), constants.pattern),
    ((exp.Substring,), constants.substring),
    ((exp.Is,), _is),
    ((exp.Or,), _equal_or_both_null),
    (allowed.WINDOW_ONLY, _window_function),
    ((exp.WindowSpec,), _window_frame),
    ((exp.Tuple,), _tuple),
)


@cache
def _judges_of(kind: type[exp.Expr]) -> tuple[_Judge, ...]:
    return tuple(judge for kinds, judge in _JUDGES if issubclass(kind, kinds))


def _unknown(name: str, own_functions: Collection[str]) -> tuple[str, str]:
    known = advice.of_name(name)
    if known:
        return known[0], known[1] or _PLACE
    there_are = sorted({*(each.lower() for each in allowed.FUNCTIONS.values()), *own_functions})
    step = did_you_mean(name, [each for each in there_are if each.isidentifier()])
    reason = f"there is no {name}() in the portable subset"
    return reason, f"{step} {_PLACE}" if step else _PLACE
