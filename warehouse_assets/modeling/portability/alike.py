"""Which expressions of a node must have values of one family: what it compares or chooses from."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

INSTANT, DATE, TEXT, FLAG = "TIMESTAMP WITH TIME ZONE", "DATE", "VARCHAR", "BOOLEAN"
COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Nullif)
BUSINESS = (
    "Use business_date(), business_hour(), business_month() or business_time(): they know the "
    "business time zone."
)
READ_AS_NUMBER = ("a text is read as a number", "Write the number, or CAST(x AS BIGINT).")
_NUMBERS = ("BIGINT", "INT", "INTEGER", "DECIMAL", "HUGEINT")


def differing(types: set[str | None]) -> tuple[str, str] | None:
    """Why engines differ where values of these types are taken for alike."""
    known = {each for each in types if each is not None}
    if INSTANT in known and len(known) > 1:
        other = min(each for each in known if each != INSTANT)
        return f"it takes an instant and a {other} for the same", BUSINESS
    if {DATE, TEXT} <= known:
        return "a text is read as a date", "Write DATE '2026-01-31'."
    if TEXT in known and any(each.startswith(_NUMBERS) for each in known):
        return READ_AS_NUMBER
    return None


def groups(node: exp.Expr) -> Iterator[list[exp.Expr]]:
    """Each group of expressions that the node takes for alike."""
    if isinstance(node, COMPARED):
        yield operands(node)
    elif isinstance(node, exp.Coalesce | exp.Case):
        yield choices(node)
        if isinstance(node, exp.Case) and node.this is not None:
            yield [node.this, *(each.this for each in node.args["ifs"])]
    elif isinstance(node, exp.Lag | exp.Lead):
        yield [each for each in (node.this, node.args.get("default")) if each is not None]
    elif isinstance(node, exp.Values):
        rows = [row.expressions for row in node.expressions if isinstance(row, exp.Tuple)]
        yield from (list(column) for column in zip(*rows, strict=False))
    elif isinstance(node, exp.SetOperation):
        yield from (list(each) for each in zip(*(arm.selects for arm in arms(node)), strict=False))


def arms(query: exp.Query) -> list[exp.Query]:
    """The SELECTs that a set operation puts together; the query itself where it is none."""
    if not isinstance(query, exp.SetOperation):
        return [query]
    sides = (query.this.unnest(), query.expression.unnest())
    return [arm for side in sides if isinstance(side, exp.Query) for arm in arms(side)]


def choices(node: exp.Expr) -> list[exp.Expr]:
    """What a COALESCE or CASE may give."""
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        return [*(each.args["true"] for each in node.args["ifs"]), *([default] if default else [])]
    return [node.this, *node.expressions]


def operands(node: exp.Expr) -> list[exp.Expr]:
    """The expressions directly in a node."""
    return [each for each in node.iter_expressions()
            if not isinstance(each, exp.Identifier | exp.DataType | exp.TableAlias)]  # fmt: skip
