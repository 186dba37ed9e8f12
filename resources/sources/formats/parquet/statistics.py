"""Values of Parquet files compared with the statistics in their footers, and proven by them.

A changed byte inside a page that has no checksum shows where it makes a value less than the least
of its column, greater than the greatest, or changes how many are NULL. A value that stays between
them is not known to be another one. Small files are read by a second reader, which notices other
damage inside a page: a fraction of a millisecond for a few kilobytes, and a third of a load's time
for large ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection
from pyarrow.parquet import ParquetFile

from resources.identifiers import quoted, text_literal
from resources.lake.model.column_type import column_type
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.text_types import TextTypes
from resources.sources.formats.parquet.footer import DamagedParquet

SMALL_BYTES = 256 << 10


def check_values(path: Path) -> bool:
    """Raise DamagedParquet if pyarrow cannot read a small file, or finds other values than stated.

    Returns whether the file is small. Call it behind `check_pages`: some damage to the footer
    stops pyarrow's process.
    """
    if path.stat().st_size > SMALL_BYTES:
        return False
    try:
        with ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                _check_group(file, number)
    except pa.ArrowNotImplementedError:
        # No damage, as far as is known: the engine reads more encodings and types.
        return False
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DamagedParquet(str(error).strip()) from error
    return True


def _check_group(file: ParquetFile, number: int) -> None:
    table = file.read_row_group(number, use_threads=False)
    group = file.metadata.row_group(number)
    for at in range(group.num_columns):
        chunk = group.column(at)
        # Of nested columns, and of two of one name, the footer's figures are not a column's.
        if table.column_names.count(chunk.path_in_schema) != 1 or chunk.statistics is None:
            continue
        values = table[chunk.path_in_schema]
        told = chunk.statistics
        if told.has_null_count and told.null_count != values.null_count:
            raise DamagedParquet(
                f"column {chunk.path_in_schema!r}, row group {number}: {values.null_count:,} "
                f"NULLs, the footer says {told.null_count:,}"
            )
        if told.has_min_max and _are_outside(values, told):
            raise DamagedParquet(
                f"column {chunk.path_in_schema!r}, row group {number}: values outside of "
                "what the footer says"
            )


def _are_outside(values: pa.ChunkedArray, told: Any) -> bool:
    """Whether a value is less than the least, or greater than the greatest, of the statistics."""
    if pa.types.is_decimal(values.type):
        edges = pc.call_function("min_max", [values]).as_py()
        return edges["min"] is not None and not (
            told.min <= edges["min"] <= edges["max"] <= told.max
        )
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_timestamp(values.type) and told.physical_type == "INT64":
        values = values.cast(pa.int64())
    elif not pa.types.is_signed_integer(values.type):
        return False
    numbers = np.asarray(values.drop_null())
    return len(numbers) > 0 and not (
        told.min_raw <= int(numbers.min()) <= int(numbers.max()) <= told.max_raw
    )


@dataclass(frozen=True)
class _Told:
    """What a footer says of a column; None where it says nothing."""

    name: str
    kind: str
    least: str | None
    greatest: str | None
    nulls: int | None


def check_statistics(
    connection: DuckDBPyConnection, path: Path, columns: Sequence[tuple[str, str]]
) -> None:
    """Raise DamagedParquet if values of the columns differ from the statistics of the whole file.

    `columns` are names, and types as DuckDB spells them; types without an order are passed over.
    """
    told = list(_told(connection, path, columns))
    if not told:
        return
    facts = ", ".join(
        f"count(*) - count({name}), CAST(min({name}) AS VARCHAR), CAST(max({name}) AS VARCHAR), "
        f"min({name}) < CAST({_literal(each.least)} AS {each.kind}) "
        f"OR max({name}) > CAST({_literal(each.greatest)} AS {each.kind})"
        for each in told
        for name in [quoted(each.name)]
    )
    names = ", ".join(quoted(each.name) for each in told)
    nulls = ", ".join(f"CAST(NULL AS {each.kind})" for each in told)
    # Of a file alone the engine would answer from the very statistics: it need not read a value.
    found = connection.execute(
        f"SELECT {facts} FROM (SELECT {names} FROM read_parquet({text_literal(str(path))}, "
        f"hive_partitioning = false) UNION ALL SELECT {nulls})"
    ).fetchall()[0]
    for at, each in enumerate(told):
        nulls_found, least, greatest, is_outside = found[4 * at : 4 * at + 4]
        if each.nulls is not None and nulls_found - 1 != each.nulls:
            raise DamagedParquet(
                f"column {each.name!r}: {nulls_found - 1:,} NULLs, the footer says {each.nulls:,}"
            )
        if is_outside:
            raise DamagedParquet(
                f"column {each.name!r}: values from {least} to {greatest}, the footer says from "
                f"{each.least} to {each.greatest}"
            )


def _told(
    connection: DuckDBPyConnection, path: Path, columns: Sequence[tuple[str, str]]
) -> Iterator[_Told]:
    compared = [(name, kind) for name, kind in columns if column_type(kind).has_exact_bounds]
    if not compared:
        return
    facts = ", ".join(
        f"count(*) FILTER ({of}), count(stats_min_value) FILTER ({of}), "
        f"count(stats_max_value) FILTER ({of}), count(stats_null_count) FILTER ({of}), "
        f"count(*) FILTER ({of} AND stats_null_count = num_values), "
        f"CAST(min(TRY_CAST(stats_min_value AS {kind})) FILTER ({of}) AS VARCHAR), "
        f"CAST(max(TRY_CAST(stats_max_value AS {kind})) FILTER ({of}) AS VARCHAR), "
        f"CAST(sum(stats_null_count) FILTER ({of}) AS BIGINT)"
        for name, kind in compared
        for of in [f"path_in_schema = {text_literal(name)}"]
    )
    found = connection.execute(
        f"SELECT count(DISTINCT row_group_id), {facts} FROM parquet_metadata(?)", [str(path)]
    ).fetchall()[0]
    groups = found[0]
    for at, (name, kind) in enumerate(compared):
        chunks, least, greatest, nulls, empty, first, last, null_count = found[
            8 * at + 1 : 8 * at + 9
        ]
        # Of nested columns, and of two of one name, the figures are not a column's.
        if chunks != groups:
            continue
        has_edges = least == greatest == groups - empty and least and None not in (first, last)
        yield _Told(
            name,
            kind,
            first if has_edges else None,
            last if has_edges else None,
            null_count if nulls == groups else None,
        )


def _literal(text: str | None) -> str:
    return "NULL" if text is None else text_literal(text)


def proven_columns(
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    columns: Sequence[tuple[str, ColumnSpec]],
    types: TextTypes,
) -> frozenset[str]:
    """The contract's columns of which each value, as the files have it, is one that may be.

    They hold no NULL where none may be, and no date or time that is out of range. What statistics
    do not say is not proven. `columns` are names in the files, with the contract's columns that
    they fill as they are.
    """
    judged: list[str] = []
    for name, column in columns:
        tests = ["true"] if column.nullable else ["stats_null_count = 0"]
        for edge in ("stats_min_value", "stats_max_value"):
            outside = types.out_of_range(f"TRY_CAST({edge} AS {column.type})", column.type)
            if outside:
                tests.append(f"(NOT ({outside}) OR stats_null_count = num_values)")
        judged.append(
            f"bool_and(coalesce({' AND '.join(tests)}, false)) "
            f"FILTER (path_in_schema = {text_literal(name)})"
        )
    if not judged:
        return frozenset()
    [found] = connection.execute(
        f"SELECT {', '.join(judged)} FROM parquet_metadata(?)", [[str(path) for path in paths]]
    ).fetchall()
    # Files without row groups have no rows, and prove what nobody asks.
    return frozenset(
        column.name for (_, column), holds in zip(columns, found, strict=True) if holds is not False
    )
