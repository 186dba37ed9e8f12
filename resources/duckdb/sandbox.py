"""SQL sees the tables it is given, and nothing else of this machine or the network.

Two walls. The SQL is one SELECT that names tables, and of functions that give rows only those that
make them from its own values: of a person's query, `check_query` sees to it; of a table's own SQL,
the portable subset when the code is loaded. And the session is closed. A person's is sealed: it
opens the files of those tables and no others, writes nothing but what it spills, and takes no
setting. A run's is confined: it reads and writes below the lake's own folders, and takes only the
settings of how it spends memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NoReturn, cast

import duckdb
from duckdb import DuckDBPyConnection

from resources.duckdb.known_faults import disabled_optimizers
from resources.errors import LedgerlakeError
from resources.identifiers import text_list, text_literal

TABLE_FUNCTIONS = frozenset(
    ("generate_series", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest")
)
"""Functions in FROM that a query may call: they make rows of the values they are given."""

SETTINGS_OF_A_RUN = (
    "enable_external_file_cache",
    "memory_limit",
    "partitioned_write_flush_threshold",
    "preserve_insertion_order",
    "threads",
)
"""What a run changes on its way: how much it holds in memory, and in which order it reads."""

# They tell of the process and its settings, or keep something.
_REFUSED_FUNCTIONS = frozenset(
    ("current_setting", "getenv", "getvariable", "nextval", "set_variable", "write_log")
)


class QueryError(LedgerlakeError):
    """The query does not parse, does not fit the tables, or would reach beyond them."""


def check_query(connection: DuckDBPyConnection, query: str) -> None:
    """Refuse what is not one SELECT over tables.

    Raises:
        QueryError: If it is no SELECT, several statements, or calls a function that reads files,
            the network or the engine's own state.
    """
    tree = _parsed(connection, query)
    if tree.get("error"):
        _refuse(query, str(tree.get("error_message")))
    count = len(cast("list[object]", tree["statements"]))
    if count != 1:
        raise QueryError(f"one query at a time, not {count}", "Give one SELECT.")
    for kind, name in _called(tree):
        if kind == "TABLE_FUNCTION" and name not in TABLE_FUNCTIONS:
            raise QueryError(
                f"{name}() is refused: a query reads the tables of the lake",
                f"In FROM there are tables, and {', '.join(sorted(TABLE_FUNCTIONS))}.",
            )
        if name in _REFUSED_FUNCTIONS:
            raise QueryError(f"{name}() is refused: it tells of the process, not of the lake")


def seal(connection: DuckDBPyConnection, files: Iterable[str], query: str = "") -> None:
    """From now on the connection opens these files only, to read, and takes no setting.

    What exceeds the memory is spilled as before. Views are made already. `files` are whole paths
    and s3:// addresses: a folder would let parameters of an address in. `query` is what a person is
    going to run, where it is known.
    """
    connection.execute(f"SET disabled_optimizers = '{disabled_optimizers(query)}'")
    _close(connection, "allowed_paths", files)


def confine(connection: DuckDBPyConnection, folders: Iterable[str]) -> None:
    """From now on the connection opens files below these folders only, to read and to write.

    They are paths, file: and s3:// addresses; links are followed first. What exceeds the memory is
    spilled as before.
    """
    connection.execute(f"SET allowed_configs = {text_list(SETTINGS_OF_A_RUN)}")
    _close(connection, "allowed_directories", (f"{folder.rstrip('/')}/" for folder in folders))


def _close(connection: DuckDBPyConnection, setting: str, allowed: Iterable[str]) -> None:
    # Variables of the program are no tables.
    connection.execute("SET python_enable_replacements = false")
    connection.execute(f"SET {setting} = {text_list(sorted(set(allowed)))}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _parsed(connection: DuckDBPyConnection, query: str) -> dict[str, object]:
    """The engine's own syntax tree of the query; an error where it is no SELECT."""
    if "\0" in query:
        raise QueryError(
            "the query holds the character NUL, at which the engine stops reading",
            "Remove it.",
        )
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise QueryError("the query is no text in UTF-8", "Write it in UTF-8.") from error
    # Not bound: to look at a value of Python the engine imports pandas, which takes half a second.
    found = connection.execute(f"SELECT json_serialize_sql({text_literal(query)})").fetchall()
    return cast("dict[str, object]", json.loads(found[0][0]))


def _refuse(query: str, reason: str) -> NoReturn:
    """Say what the text is instead of a SELECT.

    To split a text into statements opens files already, where it says IMPORT DATABASE: an engine
    that may open none does it.
    """
    try:
        with duckdb.connect(config={"enable_external_access": "false"}) as parser:
            kinds = [statement.type.name for statement in parser.extract_statements(query)]
    except duckdb.Error as error:
        raise QueryError(str(error), "Correct the query.") from error
    if len(kinds) != 1:
        raise QueryError(f"one query at a time, not {len(kinds)}", "Give one SELECT.")
    if kinds[0] != "SELECT":  # not EXPLAIN either: with ANALYZE it runs what it explains
        raise QueryError(
            f"{kinds[0]} is refused: the lake is read only here, for SELECT",
            "Tables change through their modules: see `ledgerlake materialize --help`.",
        )
    raise QueryError(reason, "Write it as a plain SELECT.")


def _called(node: object) -> Iterator[tuple[str, str]]:
    """Every function of the tree, by its kind and its name in lower case."""
    if isinstance(node, list):
        for each in cast("list[object]", node):
            yield from _called(each)
    if not isinstance(node, dict):
        return
    fields = cast("dict[str, object]", node)
    if fields.get("type") == "TABLE_FUNCTION":
        function = cast("dict[str, object]", fields.get("function") or {})
        yield "TABLE_FUNCTION", str(function.get("function_name")).lower()
    elif fields.get("class") == "FUNCTION":
        yield "FUNCTION", str(fields.get("function_name")).lower()
    for each in fields.values():
        yield from _called(each)
