"""Rows of a query kept on disk for a while, to be read several times in little memory."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal


@contextmanager
def spilled_rows(connection: DuckDBPyConnection, select_sql: str) -> Generator[str]:
    """Write the rows of a SELECT to the spill folder; a relation for a FROM clause, in the block.

    The file goes with the session's spill folder if this process is killed.
    """
    row = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert row is not None
    path = Path(str(row[0])).absolute() / f"rows-{uuid.uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = text_literal(str(path))
    try:
        connection.execute(f"COPY ({select_sql}) TO {file} (FORMAT parquet, COMPRESSION lz4_raw)")
        yield f"read_parquet({file})"
    finally:
        path.unlink(missing_ok=True)
