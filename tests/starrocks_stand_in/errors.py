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


def analysis_error(text: str) -> SqlError:
    """An error that the analyzer finds, as most are told."""
    return refused(f"Getting analyzing error. Detail message: {text}.")


def syntax_error(statement: str) -> SqlError:
    """The text is no statement that StarRocks, or this stand-in, knows."""
    start = " ".join(statement.split())[:80]
    return refused(
        f"Getting syntax error at line 1, column 0. Detail message: No viable: '{start}'."
    )


def unknown_catalog(name: str) -> SqlError:
    return SqlError(5078, f"Unknown catalog '{name}'")


def catalog_exists(name: str) -> SqlError:
    return SqlError(5514, f"Catalog '{name}' already exists")


def bad_catalog_name(name: str) -> SqlError:
    return SqlError(5063, f"Incorrect catalog name '{name}'")


def unknown_database(name: str) -> SqlError:
    return SqlError(5501, f"Unknown database '{name}'")


def database_exists(name: str) -> SqlError:
    return SqlError(1007, f"Can't create database '{name}'; database exists")


def no_database_to_drop(name: str) -> SqlError:
    return SqlError(1008, f"Can't drop database '{name}'; database doesn't exist")


def no_database_selected() -> SqlError:
    return SqlError(1046, "No database selected")


def unknown_table(name: str) -> SqlError:
    return SqlError(5502, f"Unknown table '{name}'")


def view_exists(name: str) -> SqlError:
    return SqlError(1050, f"Table '{name}' already exists")


def unknown_view(name: str) -> SqlError:
    return refused(f"Materialized view {name} is not found")


def no_view_to_refresh(name: str) -> SqlError:
    return refused(f"Can not find materialized view:{name}")


def no_back_end() -> SqlError:
    """What a scan answers when no back end is alive."""
    return refused("Failed to find backend to execute")


def refresh_failed(reasons: list[str]) -> SqlError:
    """Other front ends could not be told; the one that was asked is refreshed already."""
    return SqlError(5074, "refresh external table failed: " + "".join(f"{r};" for r in reasons))


def access_denied(privilege: str, object_kind: str, name: str, roles: list[str]) -> SqlError:
    active = f"[{', '.join(roles)}]" if roles else "NONE"
    return SqlError(
        5203,
        f"Access denied; you need (at least one of) the {privilege} privilege(s) on "
        f"{object_kind} {name} for this operation. Please ask the admin to grant permission(s) "
        f"or try activating existing roles using <set [default] role>. Current role(s): {active}. "
        "Inactivated role(s): NONE.",
    )


def login_denied(user: str) -> SqlError:
    return SqlError(1045, f"Access denied for user '{user}' (using password: YES)")
