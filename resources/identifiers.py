"""Names and values that end up in SQL and in paths: checked once, then always quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from resources.errors import SettingsError

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")


def checked_identifier(name: str, meaning: str = "identifier") -> str:
    """Return `name` if it is lower snake case and at most 63 characters.

    Raises:
        SettingsError: If it is anything else; `meaning` says what the name was for.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise SettingsError(
            f"{name!r} is no valid {meaning}",
            "Use lower-case letters, digits and underscores, starting with a letter.",
        )
    return name


def quoted(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted_list(names: Iterable[str]) -> str:
    """The names as quoted SQL identifiers, with commas between."""
    return ", ".join(map(quoted, names))


def text_literal(text: str) -> str:
    """The text as a quoted SQL string, for the places where a value cannot be bound."""
    return "'" + text.replace("'", "''") + "'"


def text_list(texts: Iterable[str]) -> str:
    """The texts as a SQL list of strings, as `read_parquet` takes paths."""
    return f"[{', '.join(map(text_literal, texts))}]"


def date_literal(day: date) -> str:
    """The date as SQL."""
    return f"DATE '{day.isoformat()}'"
