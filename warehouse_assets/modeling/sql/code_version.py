"""The code version of a table: changes when the same inputs could give other rows."""

from __future__ import annotations

import hashlib
from functools import cache

from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.sql.sql_text import code_of
from warehouse_assets.modeling.sql.statement import statement_of


@cache
def code_version(table: Table) -> str:
    """Changes when the SQL, the contract, the inputs, the checks or the source change.

    Raises:
        LoadError: If the SQL has a mistake.
    """
    facts = (
        functions.version(_own_sql(table)),
        code_of(_expanded_sql(table)),
        [(c.spec, c.role, [repr(check) for check in c.checks]) for c in table.columns],
        [(name, window.name) for name, window in table.reads.items()],
        (sorted(table.input_logs.items()), table.materialization),
        (table.checks, table.sort_by, table.dropped, table.source, table.events),
        table.path.read_text(encoding="utf-8") if table.rows else None,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def _own_sql(table: Table) -> list[str]:
    """Every text in which the table may call a function."""
    # latest(...) asks for the business date of each version in a view of its own.
    views = ["business_date(event_time)"] if table.input_logs else []
    return [code_of(_expanded_sql(table)), *(check.condition for check in table.checks), *views]


def _expanded_sql(table: Table) -> str:
    """The SQL with its metrics written out: a change of one is a change of the table."""
    statement = statement_of(table)
    return "" if statement is None else statement.text(None)
