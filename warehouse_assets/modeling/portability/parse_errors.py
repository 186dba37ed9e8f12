"""What is wrong with SQL that does not parse: the word it happened at, and where that stands."""

from __future__ import annotations

import re

from sqlglot.errors import ParseError, SqlglotError

from warehouse_assets.modeling.load_errors import nearest

_WORD = re.compile(r"[A-Za-z_]+")
_OPERATOR = re.compile(r"[^\w\s'\"(),;.]+")
_KEYWORDS = ("SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "QUALIFY", "JOIN", "LEFT", "UNION",
             "WITH", "CASE", "WHEN", "THEN", "ELSE", "END", "AND", "BETWEEN", "OVER")  # fmt: skip


def unparsed(error: SqlglotError, sql: str) -> tuple[str, int, str]:
    """The message, the character of the SQL it is about, and the next step."""
    if not isinstance(error, ParseError):
        # It could not even be told apart into words.
        return "a text, a name or a comment is not closed", len(sql.rstrip()), "Close it."
    found = error.errors[0]
    token, before = str(found.get("highlight") or ""), str(found.get("start_context") or "")
    position = _position(sql, int(found.get("line") or 1), int(found.get("col") or 1), token)
    misspelt = _misspelt(f"{before} {token}")
    if misspelt is not None:
        word, keyword = misspelt
        written = sql.rfind(word, 0, position + len(token))
        return f"{word} is no word of SQL", max(written, 0), f"Did you mean {keyword}?"
    operator = _OPERATOR.findall(before.rstrip())
    if operator and before.rstrip().endswith(operator[-1]):
        at = sql.rfind(operator[-1], 0, position)
        message = f"the operator {operator[-1]} has no value behind it, but {token or 'the end'}"
        return message, max(at, 0), "Correct the condition."
    if not token:
        return "the SQL ends too early", len(sql.rstrip()), "Close what is open."
    return f"{token} is not expected here", position, "Correct the SQL before it, or at it."


def _position(sql: str, line: int, column: int, token: str) -> int:
    # The engine's parser counts the column of the token's last character, from 1.
    start = sum(len(each) + 1 for each in sql.split("\n")[: line - 1])
    return max(0, min(start + column - max(len(token), 1), len(sql)))


def _misspelt(before: str) -> tuple[str, str] | None:
    """The word shortly before that is a keyword but for a letter or two, and the keyword."""
    for word in reversed(_WORD.findall(before)[-3:]):
        upper = word.upper()
        keyword = nearest(upper, _KEYWORDS) if word == upper and len(word) > 2 else None
        if keyword is not None and keyword != upper and abs(len(keyword) - len(upper)) <= 2:
            return word, keyword
    return None
