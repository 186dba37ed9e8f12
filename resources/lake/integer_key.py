"""Duplicates of one integer column by bitmap: fewer bits set than rows means keys repeat.

60 million keys in a range of 180 million take 22 MB in each thread and one scan of the column. The
range is cut into slices with a bitmap each, so that duplicates are found again in a slice only.
"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted
from resources.lake.staged_rows import Sample, fetch_sample, staged_relation
from resources.lake.staging import StagedFile
from resources.lake.statistics import no_nulls
from resources.lake.table_spec import TableSpec

# At most 64 slices.
_SLICE_BITS = 6
_INTEGERS = frozenset({"INTEGER", "BIGINT"})

# A bitmap may take 64 MiB in each thread, or 64 bits a row, whichever is less.
_MOST_BITS = 1 << 29
_BITS_PER_ROW = 64
_ALWAYS_AFFORDABLE_BITS = 1 << 20


def is_dense(spec: TableSpec, column: str, files: Sequence[StagedFile]) -> bool:
    """Whether statistics prove that the files' values fit into a bitmap worth its memory.

    False as well for files that hold more than one partition or one not known.
    """
    if spec.column(column).type not in _INTEGERS:
        return False
    if spec.partition_column is not None and any(file.partition is None for file in files):
        return False
    if not no_nulls(column, [file.statistics for file in files]):
        return False
    found = _range(column, files)
    if found is None:
        return False
    bits = found[1] - found[0] + 1
    rows = sum(file.rows for file in files)
    return bits <= min(_MOST_BITS, max(_ALWAYS_AFFORDABLE_BITS, _BITS_PER_ROW * rows))


def count_duplicates(
    connection: DuckDBPyConnection, column: str, files: Sequence[StagedFile]
) -> dict[int, int]:
    """Rows beyond the first of each value, by slice of the range; slices without any are left out.

    The files are those of one partition, and `is_dense` holds for them.
    """
    first, bits = _slicing(column, files)
    offset = f"({quoted(column)} - {first})"
    last = (1 << bits) - 1
    found = connection.execute(
        f"SELECT {offset} >> {bits} AS slice, count(*) - "
        f"bit_count(bitstring_agg({offset} & {last}, 0, {last})) AS duplicates "
        f"FROM {staged_relation(files)} GROUP BY slice HAVING duplicates > 0"
    ).fetchall()
    return {int(row[0]): int(row[1]) for row in found}


def sample_duplicates(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    column: str,
    files: Sequence[StagedFile],
    number: int,
) -> Sample:
    """At most 5 values of one slice that repeat, with their partition and copies."""
    first, bits = _slicing(column, files)
    start = first + (number << bits)
    names = list(dict.fromkeys([column, spec.partition_column or column]))
    return fetch_sample(
        connection,
        f"SELECT {', '.join(quoted(name) for name in names)}, count(*) AS copies "
        f"FROM {staged_relation(files)} "
        f"WHERE {quoted(column)} BETWEEN {start} AND {start + (1 << bits) - 1} "
        f"GROUP BY ALL HAVING count(*) > 1",
    )


def _slicing(column: str, files: Sequence[StagedFile]) -> tuple[int, int]:
    """The smallest value, and how many low bits of the distance from it count within a slice."""
    found = _range(column, files)
    assert found is not None, "is_dense holds"
    first, last = found
    return first, max(0, (last - first).bit_length() - _SLICE_BITS)


def _range(column: str, files: Sequence[StagedFile]) -> tuple[int, int] | None:
    minima: list[int] = []
    maxima: list[int] = []
    for file in files:
        known = file.statistics.get(column)
        if known is None or known.minimum is None or known.maximum is None:
            return None
        minima.append(int(known.minimum))
        maxima.append(int(known.maximum))
    return min(minima), max(maxima)
