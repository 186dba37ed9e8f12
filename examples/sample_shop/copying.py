"""Runs DuckDB's COPY: into one file, or into a file for each shard."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from examples.sample_shop.day_folders import DayFolders
from examples.sample_shop.delivery import Delivery
from resources.identifiers import text_literal


def copy(
    cursor: DuckDBPyConnection,
    select: str,
    path: Path,
    options: str,
    ids: Mapping[str, int] | None = None,
) -> int:
    """Write the rows of a SELECT to a file; `ids` are its parameters. Returns how many."""
    statement = f"COPY ({select}) TO {text_literal(str(path))} ({options})"
    written = cursor.execute(statement, dict(ids or {})).fetchone()
    return int(written[0]) if written else 0


def copy_shards(
    cursor: DuckDBPyConnection, select: str, delivery: Delivery, folders: DayFolders, file: str
) -> int:
    """Write rows that have a `shard_number` into their shards' folders, in one go.

    A shard without rows has no file, unless there are no rows at all: then the first has one.
    """
    aside = folders.of(delivery) / f".{file}"
    count = copy(cursor, select, aside, f"{delivery.copy_options}, PARTITION_BY (shard_number)")
    for part in aside.glob("shard_number=*/*"):
        shard = int(part.parent.name.removeprefix("shard_number="))
        part.rename(folders.of(delivery, shard) / file)
    shutil.rmtree(aside, ignore_errors=True)
    if count == 0:
        empty = f"SELECT * EXCLUDE (shard_number) FROM ({select})"
        copy(cursor, empty, folders.of(delivery) / file, delivery.copy_options)
    return count
