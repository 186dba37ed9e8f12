"""Names in statements, taken apart, and what a connection has in use to complete them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.starrocks_stand_in.errors import no_database_selected, syntax_error

PART = r"(?:`(?:[^`]|``)+`|[A-Za-z_][\w$]*)"
LITERAL = r"""(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")"""
NAME = rf"{PART}(?:\s*\.\s*{PART})*"

DEFAULT_CATALOG = "default_catalog"
INFORMATION_SCHEMA = "information_schema"

Address = tuple[str, str, str]
"""Catalog, database and table."""


def parts_of(name: str) -> tuple[str, ...]:
    """`a`.`b` -> ("a", "b")."""
    return tuple(
        part[1:-1].replace("``", "`") if part.startswith("`") else part
        for part in re.findall(PART, name)
    )


def address_of(name: str, catalog: str, database: str | None) -> Address:
    """The name in full, what it lacks taken from the session.

    Raises:
        SqlError: If the name has too many parts, or no database is in use.
    """
    parts = parts_of(name)
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    if len(parts) == 2:
        return catalog, parts[0], parts[1]
    if len(parts) == 1 and database:
        return catalog, database, parts[0]
    if len(parts) == 1:
        raise no_database_selected()
    raise syntax_error(f"{name}: too many parts")


def text_of(literal: str) -> str:
    """'it''s' or "it's" -> it's, backslashes undone as MySQL does."""
    inner = literal[1:-1].replace(literal[0] * 2, literal[0])
    return re.sub(r"\\(.)", r"\1", inner)


@dataclass
class ClientSession:
    """A connection's user, its catalog and database in use, and its active roles."""

    front_end: int
    user: str
    active_roles: set[str] = field(default_factory=set[str])
    catalog: str = DEFAULT_CATALOG
    database: str | None = None
