"""What DuckDB lists that may reach beyond the tables, tried on each kind of closed session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

_NAMES = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ({})"
SECRET = "not to be seen"


def hidden_file(folder: Path) -> Path:
    """A file beside the lake's own, with SECRET in it."""
    path = folder / "hidden.csv"
    path.write_text(f"text\n{SECRET}\n")
    return path


def table_functions() -> frozenset[str]:
    """The name of every function that gives rows."""
    found = duckdb.sql(_NAMES.format("'table', 'table_macro'")).fetchall()
    assert len(found) > 60
    return frozenset(str(row[0]) for row in found)


def calls(name: str, hidden: Path) -> Iterator[str]:
    """Queries that call a function that gives rows: with nothing, and with what it may be after."""
    for arguments in ("", f"'{hidden}'", f"['{hidden}']", "'seen'", "1, 2"):
        yield f'SELECT * FROM "{name}"({arguments})'


def settings() -> dict[str, str | None]:
    """Every setting, by its name, as it is in a session that nothing was set in."""
    found = duckdb.sql("SELECT name, value FROM duckdb_settings()").fetchall()
    assert len(found) > 100
    return dict(found)
