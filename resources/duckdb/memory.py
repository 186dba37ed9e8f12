"""Memory of the engine: threads that it is enough for, and less of it, or fewer, for one step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

import duckdb
from duckdb import DuckDBPyConnection

# What a thread needs to sort, join and write; https://duckdb.org/docs/stable/guides/performance/
# environment asks for 125 MB at least.
_MIB_A_THREAD = 128
_MIB = {"MiB": 1, "GiB": 1024}

T = TypeVar("T")


def threads_within(memory: str, threads: int) -> int:
    """At most `threads`, and no more than `memory`, such as `384MiB`, is enough for."""
    mib = int(memory[:-3]) * _MIB[memory[-3:]]
    return max(1, min(threads, mib // _MIB_A_THREAD))


def in_memory_of_one_thread(connection: DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Do the work; if memory is not enough, do it again with one thread, which needs less."""
    try:
        return work()
    except duckdb.OutOfMemoryException:
        threads = connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
        if threads == 1:
            raise
        connection.execute("SET threads = 1")
        try:
            return work()
        finally:
            connection.execute(f"SET threads = {int(threads)}")


@contextmanager
def memory_at_most(connection: DuckDBPyConnection, most: str) -> Generator[None]:
    """Lower the connection's memory limit to `most`, such as `256MiB`, inside the block.

    A limit that is lower already stays as it is.
    """
    limit, is_above = connection.execute(
        "SELECT current_setting('memory_limit'), "
        "parse_formatted_bytes(current_setting('memory_limit')) > parse_formatted_bytes(?)",
        [most],
    ).fetchall()[0]
    if not is_above:
        yield
        return
    connection.execute(f"SET memory_limit = '{most}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{limit}'")
