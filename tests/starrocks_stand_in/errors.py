"""What StarRocks answers when it refuses: number and text, as its ErrorCode.java has them.

Errors that StarRocks raises without a number (syntax, analysis, the connector's own) reach the
client as 1064.
"""

from __future__ import annotations

NO_NUMBER = 1064


class SqlError(Exception):
    """A statement was refused.

    Args:
        number: MySQL error number of the answer's packet.
        text: What the client reads.
    """

    def __init__(self, number: int, text: str) -> None:
        super().__init__(f"{number}: {text}")
        self.number = number
        self.text = text


def refused(text: str) -> SqlError:
    """An error without a number of its own."""
    return SqlError(NO_NUMBER, text)


def syntax_error(statement: str) -> SqlError:
    """The text is no statement that StarRocks, or this stand-in, knows."""
    start = " ".join(statement.split())[:80]
    return refused(
        f"Getting syntax error at line 1, column 0. Detail message: No viable: '{start}'."
    )


def unknown_catalog(name: str) -> SqlError:
    return SqlError(5078, f"Unknown catalog '{name}'")


def unknown_database(name: str) -> SqlError:
    return SqlError(5501, f"Unknown database '{name}'")


def unknown_catalog_database(name: str) -> SqlError:
    return SqlError(5080, f"Unknown catalog.db '{name}'")


def unknown_table(name: str) -> SqlError:
    return SqlError(5502, f"Unknown table '{name}'")


def refresh_failed(reasons: str) -> SqlError:
    """Other front ends could not be told; the one that was asked is refreshed already."""
    text = f"refresh external table failed: {reasons}"
    return SqlError(5074, f"com.starrocks.common.DdlException: {text}")


def access_denied(privilege: str, object_kind: str, name: str) -> SqlError:
    return SqlError(
        5203,
        f"Access denied; you need (at least one of) the {privilege} privilege(s) on "
        f"{object_kind} {name} for this operation. Please ask the admin to grant permission(s) "
        "or try activating existing roles using <set [default] role>. Current role(s): NONE. "
        "Inactivated role(s): NONE.",
    )


def login_denied(user: str) -> SqlError:
    return SqlError(1045, f"Access denied for user '{user}' (using password: YES)")
