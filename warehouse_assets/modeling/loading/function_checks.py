"""Do the functions that SQL may call resolve, and are their bodies portable?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from resources.identifiers import checked_identifier
from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.modeling.functions.sql_function import SqlFunction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@cache
def check_functions(package: str = "warehouse_assets") -> None:
    """Raise LoadError where a function does not resolve, or gives another type than it says."""
    import duckdb

    functions = sql_functions(package)
    with duckdb.connect(config={"threads": 1, "enable_external_access": "false"}) as connection:
        taken = {row[0] for row in connection.execute(_ENGINES_OWN).fetchall()}
        for function in functions.values():
            checked_identifier(function.name, "function name")
            if function.name in taken:
                raise function.error("the engine has a function of that name")
            _check(connection, function, functions)


_ENGINES_OWN = "SELECT DISTINCT function_name FROM duckdb_functions()"


def _check(
    connection: DuckDBPyConnection, function: SqlFunction, own_functions: Mapping[str, SqlFunction]
) -> None:
    import duckdb

    if not function.doc:
        raise function.error("has no description", step="Say what it gives.")
    if function.path is not None:
        _check_portable(function, own_functions)
    values = ", ".join(f"CAST(NULL AS {kind})" for _, kind in function.parameters)
    try:
        connection.execute(function.macro_sql("UTC"))
        query = f"DESCRIBE SELECT {function.name}({values})"
        given = str(connection.execute(query).fetchall()[0][1])
    except duckdb.Error as error:
        raise function.error(str(error).splitlines()[0], "body=") from error
    for name, _ in function.parameters:
        if not re.search(rf"\b{re.escape(name)}\b", function.body):
            raise function.error(f"parameter {name} is not used", f'"{name}"')
    if given != function.returns:
        raise function.error(
            f"the body gives {given}, not {function.returns}",
            "returns=",
            f"Write CAST(... AS {function.returns}) where that is meant.",
        )


def _check_portable(function: SqlFunction, own_functions: Mapping[str, SqlFunction]) -> None:
    """The body is of the portable subset; the framework's functions are what others are made of."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    from warehouse_assets.modeling.portability import expression_refusals, unparsed

    try:
        tree = sqlglot.parse_one(function.body, dialect="duckdb")
    except SqlglotError as error:
        message, _, step = unparsed(error, function.body)
        raise function.error(message, "body=", step) from error
    for refusal in expression_refusals(tree, dict(function.parameters), own_functions):
        text = " ".join(refusal.node.sql("duckdb").split())[:60]
        raise function.error(f"{text}: {refusal.reason}", "body=", refusal.next_step)
