"""Is the key unique within its partition? Exact, in memory that does not grow with the rows.

Keys are compared by a 64-bit hash, which is narrow whatever the key. No two rows with one hash: the
key is unique, for certain. Otherwise the rows behind repeated hashes are compared by their real
keys before anything is called a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from duckdb import DuckDBPyConnection

from resources.duckdb.memory import memory_at_most
from resources.identifiers import quoted_list
from resources.lake.audit.repeated_hashes import Hashes, RepeatedHashes
from resources.lake.model.table_spec import TableSpec
from resources.lake.write.staged_rows import (
    SAMPLE_ROWS,
    Sample,
    fetch_sample,
    partition_of_rows,
    staged_relation,
)
from resources.lake.write.staging import Staged, StagedFile

_HASH_FUNCTION = "hash"

# 96 MiB of hashes, held twice. More rows are taken in several passes over the key's columns.
_HASHES_AT_ONCE = 12 * 1024 * 1024

_HASHES_COMPARED = 1_000

# Measured with 60 million hashes: grouping in this and spilling is no slower than in twice as much.
_GROUPING_MEMORY = "256MiB"


@dataclass(frozen=True)
class Duplicates:
    """Rows beyond the first of each key, by partition; some such keys with their copies."""

    rows: Mapping[date | None, int]
    sample: Sample

    def __add__(self, other: Duplicates) -> Duplicates:
        rows = {
            partition: self.rows.get(partition, 0) + other.rows.get(partition, 0)
            for partition in {**self.rows, **other.rows}
        }
        return Duplicates(rows, (*self.sample, *other.sample)[:SAMPLE_ROWS])


def find_duplicates(connection: DuckDBPyConnection, spec: TableSpec, staged: Staged) -> Duplicates:
    """Find the rows that repeat a key of their partition, or of the table if it has none.

    Nulls count as equal to each other. Whether there are duplicates is exact, and so is the number
    up to 1,000; above, different keys with one hash may be counted as well: in a partition of
    12 million texts that were nearly the same there were 6.
    """
    partitions = _files_by_partition(spec, staged)
    if partitions is None:
        return _group_hashes(connection, spec, staged)
    rows: dict[date | None, int] = {}
    sample: Sample = ()
    for partition, files in partitions.items():
        found = _count_repeated(connection, spec, files)
        if not found.count:
            continue
        count, shown = _compare_keys(connection, spec, files, found.examples)
        if found.count > _HASHES_COMPARED:
            if not shown:
                return _group_whole_keys(connection, spec, staged)
            count = found.count
        if count:
            rows[partition] = count
            sample += shown
    return Duplicates(rows, sample[:SAMPLE_ROWS])


def _files_by_partition(
    spec: TableSpec, staged: Staged
) -> dict[date | None, list[StagedFile]] | None:
    """The files of each partition; None if a file holds several partitions or none."""
    groups: dict[date | None, list[StagedFile]] = {}
    for file in staged.files:
        groups.setdefault(file.partition, []).append(file)
    return None if spec.partition_column is not None and None in groups else groups


def _count_repeated(
    connection: DuckDBPyConnection, spec: TableSpec, files: Sequence[StagedFile]
) -> RepeatedHashes:
    rows = sum(file.rows for file in files)
    passes = ceil(rows / _HASHES_AT_ONCE)
    # Hashes fall evenly into the passes, but for a little.
    room = rows if passes == 1 else int(rows / passes * 1.01) + 1000
    found = RepeatedHashes(room, _HASHES_COMPARED)
    key_hash = _key_hash(spec)
    for number in range(passes):
        condition = "true" if passes == 1 else f"{key_hash} % {passes} = {number}"
        found.add_all(_read_hashes(connection, key_hash, files, condition))
    return found


def _read_hashes(
    connection: DuckDBPyConnection, key_hash: str, files: Sequence[StagedFile], condition: str
) -> Iterator[Hashes]:
    """The hashes in the rows that meet the condition; those of one file are held at once."""
    for file in files:
        # A relation is collected on all threads; a result that is streamed is made on one.
        found = connection.sql(
            f"SELECT {key_hash} AS key_hash FROM {staged_relation([file])} WHERE {condition}"
        ).to_arrow_table()
        for chunk in found.column(0).chunks:
            yield chunk.to_numpy()


def _key_hash(spec: TableSpec) -> str:
    return f"{_HASH_FUNCTION}({quoted_list(spec.key)})"


def _compare_keys(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    files: Sequence[StagedFile],
    hashes: Sequence[int],
) -> tuple[int, Sample]:
    """Of the rows with one of these hashes: how many repeat a key, and some of those keys."""
    literals = ", ".join(f"CAST({value} AS UBIGINT)" for value in hashes)
    repeated = _repeated_keys(spec, files, f"WHERE {_key_hash(spec)} IN ({literals})")
    found = connection.execute(
        f"SELECT CAST(coalesce(sum(copies - 1), 0) AS BIGINT) FROM ({repeated})"
    ).fetchall()
    count = found[0][0]
    return count, fetch_sample(connection, repeated) if count else ()


def _group_hashes(connection: DuckDBPyConnection, spec: TableSpec, staged: Staged) -> Duplicates:
    """The slower way, where partitions are mixed up in the files: the audit has failed anyway."""
    partition = partition_of_rows(spec)
    with memory_at_most(connection, _GROUPING_MEMORY):
        found = connection.execute(
            "SELECT partition, CAST(sum(copies - 1) AS BIGINT), "
            f"min(key_hash, {SAMPLE_ROWS}) FROM "
            f"(SELECT {partition} AS partition, {_key_hash(spec)} AS key_hash, count(*) AS copies "
            f"FROM {staged_relation(staged.files)} GROUP BY ALL) WHERE copies > 1 GROUP BY ALL"
        ).fetchall()
    if not found:
        return Duplicates({}, ())
    hashes = [value for row in found for value in row[2]]
    _, sample = _compare_keys(connection, spec, staged.files, hashes[:SAMPLE_ROWS])
    if not sample:
        return _group_whole_keys(connection, spec, staged)
    return Duplicates({row[0]: row[1] for row in found}, sample)


def _group_whole_keys(
    connection: DuckDBPyConnection, spec: TableSpec, staged: Staged
) -> Duplicates:
    """The slowest way, for hashes that say nothing: different keys share many of them."""
    repeated = _repeated_keys(spec, staged.files)
    found = connection.execute(
        f"SELECT {partition_of_rows(spec)} AS partition, CAST(sum(copies - 1) AS BIGINT) "
        f"FROM ({repeated}) GROUP BY ALL"
    ).fetchall()
    sample = fetch_sample(connection, repeated) if found else ()
    return Duplicates({row[0]: row[1] for row in found}, sample)


def _repeated_keys(spec: TableSpec, files: Sequence[StagedFile], where: str = "") -> str:
    """A SELECT of the keys that several rows of a partition have, with their number."""
    names = list(dict.fromkeys([*spec.key, spec.partition_column or spec.key[0]]))
    columns = quoted_list(names)
    return (
        f"SELECT {columns}, count(*) AS copies FROM {staged_relation(files)} {where} "
        f"GROUP BY {columns} HAVING count(*) > 1"
    )
