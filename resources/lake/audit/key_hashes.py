"""The hashes of staged keys, out of the engine: one file after the other, on all its threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.audit.repeated_hashes import Hashes
from resources.lake.write.staging import StagedFile


def read_hashes(
    connection: DuckDBPyConnection, key_hash: str, files: Sequence[StagedFile], condition: str
) -> Iterator[Hashes]:
    """The values of the SQL expression `key_hash` in the rows that meet the condition.

    They come in no order, in arrays of any size; those of one file are held at once.
    """
    for file in files:
        # A relation is collected on all threads; a result that is streamed is made on one.
        found = connection.sql(
            f"SELECT {key_hash} AS key_hash "
            f"FROM read_parquet({text_literal(file.path)}, hive_partitioning = false) "
            f"WHERE {condition}"
        ).to_arrow_table()
        for chunk in found.column(0).chunks:
            yield chunk.to_numpy()
