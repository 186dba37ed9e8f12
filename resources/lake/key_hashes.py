"""The hashes of staged keys, out of the engine: a stretch of rows on each thread.

A result that is streamed out of DuckDB is made on the thread that takes it. So that all threads
work, each takes stretches of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.repeated_hashes import Hashes
from resources.lake.staging import StagedFile

T = TypeVar("T")

# 16 MiB of hashes. A few stretches may wait to be taken.
_STRETCH_ROWS = 2 * 1024 * 1024


def read_hashes(
    connection: DuckDBPyConnection, key_hash: str, files: Sequence[StagedFile], condition: str
) -> Iterator[Hashes]:
    """The values of the SQL expression `key_hash` in the rows that meet the condition.

    They come in no order, in arrays of any size.
    """
    row = connection.execute("SELECT current_setting('threads')").fetchone()
    assert row is not None
    queries = (
        f"SELECT {key_hash} FROM read_parquet({text_literal(file.path)}, "
        f"hive_partitioning = false, file_row_number = true) WHERE {condition} "
        f"AND file_row_number BETWEEN {first} AND {first + _STRETCH_ROWS - 1}"
        for file in files
        for first in range(0, file.rows, _STRETCH_ROWS)
    )

    def read(query: str) -> list[Hashes]:
        with connection.cursor() as cursor:
            batches = cursor.execute(query).to_arrow_reader(_STRETCH_ROWS)
            return [batch.column(0).to_numpy() for batch in batches]

    for arrays in _in_parallel(read, queries, int(row[0])):
        yield from arrays


def _in_parallel(work: Callable[[str], T], inputs: Iterable[str], threads: int) -> Iterator[T]:
    """The results in order, never more than a few ahead of whoever takes them."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[T]] = deque()
        for each in inputs:
            waiting.append(pool.submit(work, each))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
