"""What of a SQL text is code: neither comments nor the way it is laid out."""

from __future__ import annotations

import re

# Quoted text is matched first: what looks like a comment or a space in it is neither.
_PART = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?:--[^\n]*|/\*.*?\*/|\s)+""", re.DOTALL
)


def code_of(sql: str) -> str:
    """The text with one space for comments and spaces that stand together; quoted text as it is."""
    return _PART.sub(lambda part: part["quoted"] or " ", sql).strip()
