"""Numbers, texts, patterns and types as they are written: those that all engines read alike."""

from __future__ import annotations

import re

from sqlglot import exp

from warehouse_assets.modeling.portability import allowed
from warehouse_assets.modeling.portability.advice import Advice

_NUMBER = re.compile(r"\d+(\.\d+)?")
_WHOLE = re.compile(r"\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGITS = 38
"""Of a decimal, zeros in front counted. The engine reads a longer number as a double."""

# Regular expressions are RE2's in DuckDB and StarRocks, and Java's in Spark. They differ in where
# `$` is, what `.` and `\s` stand for, and in what stands within brackets. The operator `~` is the
# same node to the parser as REGEXP_MATCHES, and means the whole text in DuckDB only.
_WHOLE_TEXT = re.compile(r"\^((?:[^\\]|\\.)*)\\z", re.DOTALL)
_PART = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_ALIKE = re.compile(
    r"\\[dDwW\W]"  # a class, or a character that has a meaning
    r"|\[\^?(?!\])(?:\\[dDwW\W]|(?!&&)[^\]\[\\])+\]"  # characters, none of them a bracket
    r"|\((?!\?)|[^\\\[\](.$^]"
)


def literal(node: exp.Literal) -> Advice | None:
    """A number that would be a double."""
    if node.is_string:
        return None
    if not _NUMBER.fullmatch(node.name):
        return ("no floats: money and rates are decimals", "Write the number without an exponent.")
    if len(node.name.replace(".", "")) > _DIGITS:
        return (f"a number of more than {_DIGITS} digits is a double", "Write fewer digits.")
    return None


def cast(node: exp.DataType) -> Advice | None:
    """A type that CAST may not give, or a text that is no date."""
    if node.this not in allowed.TYPES:
        types = ", ".join(allowed.TYPES.values())
        if node.this in (exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE):
            return ("no floats: money and rates are decimals", "Use DECIMAL(precision, scale).")
        return (f"CAST gives {types}, and no other type", None)
    text = node.parent.this if isinstance(node.parent, exp.Cast) else None
    is_date = node.this is exp.DataType.Type.DATE
    if is_date and isinstance(text, exp.Literal) and not _DAY.fullmatch(text.name):
        return ("such a text reads the clock, or is no date", "Write DATE '2026-01-31'.")
    return None


def interval(node: exp.Interval) -> Advice | None:
    """An interval of anything but whole days or months."""
    if str(node.args.get("unit")).upper() in allowed.UNITS and _WHOLE.fullmatch(node.name):
        return None
    return ("an interval is of whole days or months", "Write INTERVAL 1 DAY.")


def like(node: exp.Like) -> Advice | None:
    """A pattern of LIKE that engines read differently."""
    if "\\" in node.expression.name:
        return ("a backslash is itself here and an escape in other engines", "Leave it out.")
    return None


def pattern(node: exp.RegexpLike) -> Advice | None:
    """A regular expression that engines read differently."""
    return regular_expression(node.expression)


def substring(node: exp.Substring) -> Advice | None:
    """A place in a text that engines count differently."""
    start = node.args.get("start")
    if isinstance(start, exp.Literal) and start.name == "0":
        return ("position 0 is before the text here and its start in Spark", "Write 1.")
    return None


def regular_expression(written: exp.Expr) -> Advice | None:
    """Why engines read a pattern differently, or that it is no constant."""
    if not isinstance(written, exp.Literal):
        return ("its pattern is no constant", "Write the pattern as a text.")
    whole = _WHOLE_TEXT.fullmatch(written.name)
    if whole is None or _has_open_choice(whole[1]):
        return (
            "where its pattern begins and ends is read differently",
            r"Write it for the whole text: '^[0-9]+\z', or '^(a|b)\z' where there is a choice.",
        )
    at = 0
    while at < len(whole[1]):
        part = _ALIKE.match(whole[1], at)
        if part is None:
            return (
                "engines read its pattern differently",
                r"Use characters, [a-z], \d, \w, (a|b), *, +, ? and {n} only.",
            )
        at = part.end()
    return None


def _has_open_choice(pattern: str) -> bool:
    """Whether a choice stands outside of parentheses, so that `^` belongs to its first part."""
    depth = 0
    for part in _PART.findall(pattern):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if part == "|" and depth == 0:
            return True
    return False
