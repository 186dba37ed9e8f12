"""The code version of a table: changes when the same inputs could give other rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.sql.sql_text import code_of

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
        [(name, window.name) for name, window in table.reads.items()],
        (sorted(table.input_logs.items()), table.materialization),
        (table.checks, table.sort_by, table.dropped, table.source, table.events),
        table.path.read_text(encoding="utf-8") if table.rows else None,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def _expanded_sql(table: Table) -> str:
    """The SQL with its metrics written out: a change of one is a change of the table."""
    # sqlglot is not imported where versions are known: see take_code_versions().
    from warehouse_assets.modeling.sql.statement import statement_of

    statement = statement_of(table)
    return "" if statement is None else statement.text(None)
