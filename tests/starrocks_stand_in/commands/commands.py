"""The statements that the stand-in knows, beside SELECT, by the shape of their text."""

from __future__ import annotations

import re

from tests.starrocks_stand_in.names import LITERAL, NAME

_NAME = f"(?P<name>{NAME})"
_UNLESS = "(?P<quiet>IF NOT EXISTS )?"
_IF = "(?P<quiet>IF EXISTS )?"
_DATABASE = f"(?: (?:FROM|IN) (?P<database>{NAME}))?"
_PAIR = f"{LITERAL} ?= ?{LITERAL}"
_PROPERTIES = rf"PROPERTIES ?(?P<properties>\( ?{_PAIR}(?: ?, ?{_PAIR})* ?\))"
_USER = r"""['"`]?[\w$]+['"`]?(?:\s*@\s*['"`][^'"`]*['"`])?"""
_WHO = f"(?P<who>{_USER})"
_RECEIVER = f"(?:TO|FROM) (?:(?P<kind>ROLE|USER) )?{_WHO}"
_LOGIN = (
    f"(?: IDENTIFIED (?:WITH mysql_native_password )?BY (?P<password>{LITERAL}))?"
    "(?: DEFAULT ROLE (?P<roles>.+))?"
)
_PARTITIONS = rf"(?: PARTITION ?\( ?{LITERAL}(?: ?, ?{LITERAL})* ?\))?"
# Up to the first AS that is not within a literal.
_CLAUSES = rf"""(?:{LITERAL}|`[^`]*`|[^'"`])*?"""

# What a group holds is given to the method of the command's name. A space is any white space.
_SHAPES = {
    "refresh_table": f"REFRESH EXTERNAL TABLE {_NAME}{_PARTITIONS}",
    "refresh_view": f"REFRESH MATERIALIZED VIEW {_NAME}(?P<rest>.*)",
    "create_view": (
        f"CREATE MATERIALIZED VIEW {_UNLESS}{_NAME}(?P<rest>{_CLAUSES})"
        r"\bAS (?P<query>(?:SELECT|WITH)\b.*)"
    ),
    "drop_view": f"DROP MATERIALIZED VIEW {_IF}{_NAME}",
    "alter_view": f"ALTER MATERIALIZED VIEW {_NAME} (?P<state>ACTIVE|INACTIVE)",
    "cache_select": rf"CACHE (?P<query>SELECT\b.*?)(?: {_PROPERTIES})?",
    "create_catalog": (
        f"CREATE EXTERNAL CATALOG {_UNLESS}{_NAME}(?: COMMENT {LITERAL})? {_PROPERTIES}"
    ),
    "drop_catalog": f"DROP CATALOG {_IF}{_NAME}",
    "show_catalogs": "SHOW CATALOGS",
    "show_create_catalog": f"SHOW CREATE CATALOG {_NAME}",
    "create_database": f"CREATE DATABASE {_UNLESS}{_NAME}",
    "drop_database": f"DROP DATABASE {_IF}{_NAME}(?: FORCE)?",
    "show_databases": f"SHOW (?:DATABASES|SCHEMAS){_DATABASE}",
    "show_tables": f"SHOW TABLES{_DATABASE}",
    "show_back_ends": "SHOW BACKENDS",
    "create_user": f"CREATE USER {_UNLESS}{_WHO}{_LOGIN}",
    "alter_user": f"ALTER USER {_IF}{_WHO}{_LOGIN}",
    "drop_user": f"DROP USER {_IF}{_WHO}",
    "create_role": f"CREATE ROLE {_UNLESS}(?P<roles>.+)",
    "grant": f"(?P<verb>GRANT|REVOKE) (?P<privileges>.+?) ON (?P<object>.+?) {_RECEIVER}",
    "grant_role": f"(?P<verb>GRANT|REVOKE) (?P<roles>.+?) (?:TO|FROM) (?:USER )?{_WHO}",
    "set_default_role": f"SET DEFAULT ROLE (?P<roles>.+?) TO {_WHO}",
    "set_catalog": f"SET CATALOG {_NAME}",
    "use": f"USE {_NAME}",
    "set_variable": r"SET (?:NAMES .+|(?!PASSWORD)(?:SESSION |@@(?:session\.)?)?\w+ ?= ?.+)",
}


def _expression(shape: str) -> re.Pattern[str]:
    spaced = shape.replace(" ?", r"\s*").replace(" ", r"\s+")
    return re.compile(spaced, re.IGNORECASE | re.DOTALL)


_COMMANDS = {name: _expression(shape) for name, shape in _SHAPES.items()}

_LITERAL_PAIR = re.compile(rf"({LITERAL})\s*=\s*({LITERAL})")


def command_of(statement: str) -> tuple[str, dict[str, str | None]] | None:
    """The command's name and what its groups hold; None: it is none of them (a SELECT)."""
    for name, shape in _COMMANDS.items():
        if found := shape.fullmatch(statement):
            return name, found.groupdict()
    return None


def literal_pairs(text: str) -> list[tuple[str, str]]:
    """("a" = "b", ...) -> the pairs of literals, still quoted."""
    return [(str(name), str(value)) for name, value in _LITERAL_PAIR.findall(text)]
