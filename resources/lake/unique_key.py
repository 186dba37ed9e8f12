"""Is the key unique within its partition? Exact, in memory that does not grow with the rows.

Keys are compared by a 64-bit hash, which is narrow whatever the key. No two rows with one hash: the
key is unique, for certain. Otherwise the rows behind repeated hashes are compared by their real
keys before anything is called a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from duckdb import DuckDBPyConnection

from resources.engines.memory import memory_at_most
from resources.identifiers import quoted
from resources.lake.key_hashes import read_hashes
from resources.lake.repeated_hashes import RepeatedHashes
from resources.lake.staged_rows import SAMPLE_ROWS, Sample, fetch_sample, staged_relation
from resources.lake.staging import Staged, StagedFile
from resources.lake.table_spec import TableSpec

_HASH_FUNCTION = "hash"

# 192 MiB of hashes. More rows than that are taken in several passes over the key's columns.
_HASHES_AT_ONCE = 24 * 1024 * 1024

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

    Nulls count as equal to each other. Whether there are duplicates is exact; of more than 5 the
    number may be one too high, with a chance of 1 in 4,000 among 100 million rows.
    """
    partitions = _files_by_partition(spec, staged)
    if partitions is None:
        return _group_hashes(connection, spec, staged)
    rows: dict[date | None, int] = {}
    sample: Sample = ()
    for partition, files in partitions.items():
        found = _count_repeated(connection, spec, files)
        shown = _sample(connection, spec, files, found.examples) if found.count else ()
        if found.count <= SAMPLE_ROWS:
            # All of them are shown, so that different keys with one hash are told apart.
            count = sum(int(str(row["copies"])) - 1 for row in shown)
        elif shown:
            count = found.count
        else:
            return _group_whole_keys(connection, spec, staged)
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
    found = RepeatedHashes(room, SAMPLE_ROWS)
    key_hash = _key_hash(spec)
    for number in range(passes):
        condition = "true" if passes == 1 else f"{key_hash} % {passes} = {number}"
        found.add_all(read_hashes(connection, key_hash, files, condition))
    return found


def _key_hash(spec: TableSpec) -> str:
    return f"{_HASH_FUNCTION}({', '.join(quoted(name) for name in spec.key)})"


def _sample(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    files: Sequence[StagedFile],
    hashes: Sequence[int],
) -> Sample:
    """The keys behind the hashes that really repeat."""
    literals = ", ".join(f"CAST({value} AS UBIGINT)" for value in hashes)
    return fetch_sample(
        connection, _repeated_keys(spec, files, f"WHERE {_key_hash(spec)} IN ({literals})")
    )


def _group_hashes(connection: DuckDBPyConnection, spec: TableSpec, staged: Staged) -> Duplicates:
    """The slower way, where partitions are mixed up in the files: the audit has failed anyway."""
    partition = quoted(spec.partition_column or "")
    with memory_at_most(connection, _GROUPING_MEMORY):
        found = connection.execute(
            f"SELECT partition, CAST(sum(copies - 1) AS BIGINT), min(key_hash, {SAMPLE_ROWS}) FROM "
            f"(SELECT {partition} AS partition, {_key_hash(spec)} AS key_hash, count(*) AS copies "
            f"FROM {staged_relation(staged.files)} GROUP BY ALL) WHERE copies > 1 GROUP BY ALL"
        ).fetchall()
    if not found:
        return Duplicates({}, ())
    hashes = [value for row in found for value in row[2]]
    sample = _sample(connection, spec, staged.files, hashes[:SAMPLE_ROWS])
    if not sample:
        return _group_whole_keys(connection, spec, staged)
    return Duplicates({row[0]: row[1] for row in found}, sample)


def _group_whole_keys(
    connection: DuckDBPyConnection, spec: TableSpec, staged: Staged
) -> Duplicates:
    """The slowest way, for hashes that say nothing: different keys share many of them."""
    repeated = _repeated_keys(spec, staged.files)
    partition = quoted(spec.partition_column) if spec.partition_column else "CAST(NULL AS DATE)"
    found = connection.execute(
        f"SELECT {partition} AS partition, CAST(sum(copies - 1) AS BIGINT) "
        f"FROM ({repeated}) GROUP BY ALL"
    ).fetchall()
    sample = fetch_sample(connection, repeated) if found else ()
    return Duplicates({row[0]: row[1] for row in found}, sample)


def _repeated_keys(spec: TableSpec, files: Sequence[StagedFile], where: str = "") -> str:
    """A SELECT of the keys that several rows of a partition have, with their number."""
    names = list(dict.fromkeys([*spec.key, spec.partition_column or spec.key[0]]))
    columns = ", ".join(quoted(name) for name in names)
    return (
        f"SELECT {columns}, count(*) AS copies FROM {staged_relation(files)} {where} "
        f"GROUP BY {columns} HAVING count(*) > 1"
    )
