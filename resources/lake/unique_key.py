"""Is the key unique within its partition? Exact, in memory that does not grow with the rows.

Two ways, the cheaper where it is possible:

* `integer_key`: one integer column whose values lie close together is a bitmap.
* Of anything else the different 64-bit hashes are counted: narrow whatever the key, and spilling.
  As many as there are rows: the key is unique, for certain. Otherwise rows behind repeated hashes
  are compared by their real keys before anything is called a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from resources.engines.memory import memory_at_most
from resources.identifiers import quoted
from resources.lake.integer_key import count_duplicates, is_dense, sample_duplicates
from resources.lake.staged_rows import (
    SAMPLE_ROWS,
    Sample,
    fetch_sample,
    only_partition,
    staged_relation,
)
from resources.lake.staging import Staged, StagedFile
from resources.lake.table_spec import TableSpec

_HASH_FUNCTION = "hash"

# Measured on 60 million keys: counting in this and spilling is no slower than in twice as much.
_HASH_MEMORY = "256MiB"

# Examples of repeated keys are looked for in one of so many parts of the keys first.
_PARTS = 64


@dataclass(frozen=True)
class Duplicates:
    """Rows beyond the first of each key, by partition; some such keys with their copies."""

    rows: Mapping[date | None, int]
    sample: Sample


def find_duplicates(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    staged: Staged,
    rows: Mapping[date | None, int],
) -> Duplicates:
    """Find the rows that repeat a key of their partition, or of the table if it has none.

    `rows` are the staged rows of each partition, as counted already.

    Nulls count as equal to each other. Whether there are duplicates is exact; their number may
    be too high by one where two keys share a hash: a chance of 1 in 4,000 among 100 million rows.
    """
    partitions = _files_by_partition(staged)
    column = _only_column(spec)
    if column is None or not all(is_dense(spec, column, files) for files in partitions.values()):
        return _by_hash(connection, spec, staged, rows)
    return _by_bitmap(connection, spec, column, partitions)


def _only_column(spec: TableSpec) -> str | None:
    """The key's one column beside the partition column, if it is one."""
    columns = [name for name in spec.key if name != spec.partition_column]
    return columns[0] if len(columns) == 1 else None


def _files_by_partition(staged: Staged) -> dict[date | None, list[StagedFile]]:
    groups: dict[date | None, list[StagedFile]] = {}
    for file in staged.files:
        groups.setdefault(file.partition, []).append(file)
    return groups


def _by_bitmap(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    column: str,
    partitions: Mapping[date | None, list[StagedFile]],
) -> Duplicates:
    rows: dict[date | None, int] = {}
    sample: Sample = ()
    for partition, files in partitions.items():
        slices = count_duplicates(connection, column, files)
        if not slices:
            continue
        rows[partition] = sum(slices.values())
        if len(sample) < SAMPLE_ROWS:
            sample += sample_duplicates(connection, spec, column, files, min(slices))
    return Duplicates(rows, sample[:SAMPLE_ROWS])


def _by_hash(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    staged: Staged,
    rows: Mapping[date | None, int],
) -> Duplicates:
    relation = staged_relation(staged.files)
    only = only_partition(spec, staged.files)
    key_hash = f"{_HASH_FUNCTION}({', '.join(quoted(name) for name in spec.key)})"
    distinct = key_hash if only else f"{quoted(spec.partition_column or '')}, {key_hash}"
    partition = only or quoted(spec.partition_column or "")
    grouped = "" if only else " GROUP BY partition"
    with memory_at_most(connection, _HASH_MEMORY):
        found = connection.execute(
            f"SELECT {partition} AS partition, count(*) "
            f"FROM (SELECT DISTINCT {distinct} FROM {relation}){grouped}"
        ).fetchall()
        surplus = {row[0]: rows[row[0]] - row[1] for row in found if rows[row[0]] > row[1]}
        if not surplus:
            return Duplicates({}, ())
        # Keys that repeat are seldom few: some of them are in a small part of all keys.
        sample = _sample(connection, spec, f"{relation} WHERE {key_hash} % {_PARTS} = 0")
        if not sample:
            repeated = _repeated_hashes(connection, relation, distinct, key_hash)
            sample = _sample(connection, spec, f"{relation} WHERE {key_hash} IN ({repeated})")
    if sample:
        return Duplicates(surplus, sample)
    return _by_whole_key(connection, spec, relation, partition)


def _repeated_hashes(
    connection: DuckDBPyConnection, relation: str, distinct: str, key_hash: str
) -> str:
    """Some of the hashes that several rows of a partition have, as SQL."""
    found = connection.execute(
        f"SELECT min(key_hash, {SAMPLE_ROWS}) FROM (SELECT {key_hash} AS key_hash, "
        f"count(*) AS copies FROM {relation} GROUP BY {distinct}) WHERE copies > 1"
    ).fetchone()
    assert found is not None
    return ", ".join(f"CAST({value} AS UBIGINT)" for value in found[0])


def _by_whole_key(
    connection: DuckDBPyConnection, spec: TableSpec, relation: str, partition: str
) -> Duplicates:
    """The slow way, for the day on which different keys do share a hash."""
    key = ", ".join(quoted(name) for name in spec.key)
    found = connection.execute(
        f"SELECT partition, CAST(sum(copies - 1) AS BIGINT) FROM ("
        f"SELECT {partition} AS partition, {key}, count(*) AS copies FROM {relation} GROUP BY ALL)"
        f" WHERE copies > 1 GROUP BY partition"
    ).fetchall()
    return Duplicates(
        {row[0]: row[1] for row in found}, _sample(connection, spec, relation) if found else ()
    )


def _sample(connection: DuckDBPyConnection, spec: TableSpec, relation_where: str) -> Sample:
    names = list(dict.fromkeys([*spec.key, spec.partition_column or spec.key[0]]))
    columns = ", ".join(quoted(name) for name in names)
    return fetch_sample(
        connection,
        f"SELECT {columns}, count(*) AS copies FROM {relation_where} "
        "GROUP BY ALL HAVING count(*) > 1",
    )
