"""Functions that a table's SQL may call beside the standard ones: one meaning, every engine.

The framework has some of its own; those of the business are variables of the modules in
`functions/`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from warehouse_assets.modeling.functions.framework_functions import FRAMEWORK_FUNCTIONS
from warehouse_assets.modeling.functions.sql_function import SqlFunction
from warehouse_assets.modeling.modules import modules_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CALL = re.compile(r"\b([a-z_][a-z0-9_]*)\s*\(", re.IGNORECASE)


@cache
def sql_functions(package: str = "warehouse_assets") -> Mapping[str, SqlFunction]:
    """Every function by name, those that others call first.

    Raises:
        LoadError: If a name is taken, or a function calls itself in the end.
    """
    found = {function.name: function for function in FRAMEWORK_FUNCTIONS}
    for module in modules_in(f"{package}.functions"):
        for name, value in vars(module).items():
            if isinstance(value, SqlFunction):
                function = replace(value, name=name)
                if name in found:
                    other = found[name].path or "a function of the framework"
                    raise function.error(f"the name is taken by {other}")
                found[name] = function
    calls = {name: _calls(function.body, found) for name, function in found.items()}
    try:
        return {name: found[name] for name in TopologicalSorter(calls).static_order()}
    except CycleError as error:
        circle: list[str] = error.args[1]
        message = "calls itself in the end: " + " -> ".join(reversed(circle))
        raise found[circle[0]].error(message) from error


def install(connection: DuckDBPyConnection, time_zone: str) -> None:
    """Define the functions in a session.

    Args:
        connection: The session.
        time_zone: The business time zone.
    """
    connection.execute(";\n".join(each.macro_sql(time_zone) for each in sql_functions().values()))


def version(statements: Iterable[str]) -> str:
    """Changes when a function changes that one of the SQL texts calls, directly or not."""
    known = sql_functions()
    wanted: set[str] = set()
    for statement in statements:
        wanted |= _calls(statement, known)
    # Those that others call come first, so that going backwards finds all.
    for name in reversed(list(known)):
        if name in wanted:
            wanted |= _calls(known[name].body, known)
    facts = [(known[name].signature, known[name].body) for name in sorted(wanted)]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def _calls(sql: str, known: Mapping[str, object]) -> set[str]:
    """The functions that a text may call; comments and quoted texts count as well."""
    return {name for match in _CALL.finditer(sql) if (name := match[1].lower()) in known}
