"""Delivered files that are read only while their rows are staged: what is wrong comes out late."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from resources.errors import LedgerlakeError
from resources.identifiers import text_literal
from resources.sources.formats.parquet_damage.damage import parquet_errors


@dataclass(frozen=True)
class UnreadFile:
    """A Parquet file: the name under which the engine reads it, and the delivered one."""

    local: Path
    delivered: Path


@contextmanager
def blaming(connection: DuckDBPyConnection, files: Sequence[UnreadFile]) -> Generator[None]:
    """Where the engine fails inside the block, find the file that cannot be read, if one cannot.

    Raises:
        SourceError: Names the damaged file, in place of what the engine said.
    """
    try:
        yield
    except (LedgerlakeError, duckdb.Error) as error:
        if isinstance(error, duckdb.Error) or isinstance(error.__cause__, duckdb.Error):
            for file in files:
                _read_whole(connection, file)
        raise


def _read_whole(connection: DuckDBPyConnection, file: UnreadFile) -> None:
    with parquet_errors(file.delivered):
        connection.execute(
            f"SELECT max(hash(COLUMNS(*))) FROM read_parquet({text_literal(str(file.local))})"
        )
