r"""Regular expressions that DuckDB, Spark and StarRocks read alike: constants for the whole text.

DuckDB and StarRocks have RE2's, Spark has Java's. They differ in where `$` is, what `.` and `\s`
stand for, and in what stands within brackets. The operator `~` is the same node to the parser as
REGEXP_MATCHES, and of the whole text in DuckDB only: with `^` and `\z` the two are one.
"""

from __future__ import annotations

import re

from sqlglot import exp

from warehouse_assets.modeling.portability.advice import Advice

_WHOLE_TEXT = re.compile(r"\^((?:[^\\]|\\.)*)\\z", re.DOTALL)
_PART = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_ALIKE = re.compile(
    r"\\[dDwW\W]"  # a class, or a character that has a meaning
    r"|\[\^?(?!\])(?:\\[dDwW\W]|(?!&&)[^\]\[\\])+\]"  # characters, none of them a bracket
    r"|\((?!\?)|[^\\\[\](.$^]"
)


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
