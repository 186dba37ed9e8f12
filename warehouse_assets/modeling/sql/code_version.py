"""The code version of a table: changes when the same inputs could give other rows."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.sql.sql_text import code_of

_NO_PART_IN_ROWS = ("modeling", "vocabulary", "conventions")
_known: WeakKeyDictionary[Table, str] = WeakKeyDictionary()


def code_version(table: Table) -> str:
    """Changes when the SQL, the contract, the inputs, the checks or the source change.

    It does not change with a meaning: other words make no other rows.

    Raises:
        LoadError: If the SQL has a mistake.
    """
    if table not in _known:
        _known[table] = _digest(table)
    return _known[table]


def take_code_versions(tables: Iterable[Table], versions: Mapping[str, str]) -> None:
    """Take the versions, by name, that another process found for the same declarations."""
    _known.update({table: versions[table.name] for table in tables})


def _digest(table: Table) -> str:
    sql = code_of(_expanded_sql(table))
    # latest(...) asks for the business date of each version in a view of its own.
    views = ["business_date(event_time)"] if table.input_logs else []
    facts = (
        functions.version([sql, *(check.condition for check in table.checks), *views]),
        sql,
        [(replace(c.spec, doc=""), c.role, c.checks) for c in table.columns],
        [(name, window.name) for name, window in table.inputs.items()],
        (sorted(table.input_logs.items()), table.materialization),
        (table.checks, table.sort_by, table.dropped, table.source, table.events),
        _texts_of_rows(table) if table.rows else None,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def _texts_of_rows(table: Table) -> list[str]:
    """The text of the module that makes the rows, and of those of the warehouse that it imports.

    The framework, meanings and conventions are left out: they make no rows.
    """
    package = table.contract.__module__.partition(".")[0]
    own = table.path.read_text(encoding="utf-8")
    names = {
        name
        for node in ast.walk(ast.parse(own))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names))
        if name.startswith(f"{package}.") and name.split(".")[1] not in _NO_PART_IN_ROWS
    }
    files = [getattr(sys.modules.get(name), "__file__", None) for name in sorted(names)]
    return [own, *(Path(file).read_text(encoding="utf-8") for file in files if file)]


def _expanded_sql(table: Table) -> str:
    """The SQL with its metrics written out: a change of one is a change of the table."""
    # sqlglot is not imported where versions are known: see take_code_versions().
    from warehouse_assets.modeling.sql.statement import statement_of

    statement = statement_of(table)
    return "" if statement is None else statement.text(None)
