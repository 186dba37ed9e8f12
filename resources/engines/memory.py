"""Less memory for one step than the session may use for others."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from duckdb import DuckDBPyConnection


@contextmanager
def memory_at_most(connection: DuckDBPyConnection, most: str) -> Generator[None]:
    """Lower the connection's memory limit to `most`, such as `256MiB`, inside the block.

    A limit that is lower already stays as it is.
    """
    row = connection.execute(
        "SELECT current_setting('memory_limit'), "
        "parse_formatted_bytes(current_setting('memory_limit')) > parse_formatted_bytes(?)",
        [most],
    ).fetchone()
    assert row is not None
    limit, is_above = row
    if not is_above:
        yield
        return
    connection.execute(f"SET memory_limit = '{most}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{limit}'")
