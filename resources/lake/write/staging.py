"""Staging: the engine writes a query's rows as typed Parquet files, not yet in any snapshot."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb
from duckdb import DuckDBPyConnection
from pyiceberg.io import FileIO

from resources.duckdb.errors import engine_errors
from resources.duckdb.memory import in_memory_of_one_thread
from resources.duckdb.spill import spilled_rows
from resources.identifiers import quoted, text_literal
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.storage.storage_errors import storage_errors
from resources.lake.storage.table_files import delete_files
from resources.lake.write.column_statistics import ColumnStatistics, parse_statistics
from resources.lake.write.type_compatibility import check_columns, explain_misfit
from resources.lake.write.write_plan import WritePlan, plan_write, slice_conditions

_FILE_SIZE = "256MB"

COMPRESSION_LEVEL = 2
"""Of Zstandard: 12 to 20 % less CPU than the engine's default of 3, files 0.7 % larger."""

_DICTIONARY_SIZE = 8192
"""Distinct values of a row group that are still written as a dictionary.

The engine gives up only after a fifth of the rows, which costs a third of the writing where most
are distinct, as numbers of orders and payments are; files are 2 % larger at most.
"""

# Rows a thread buffers for all partitions together: DuckDB's default holds gigabytes.
_BUFFERED_ROWS = 131_072


@dataclass(frozen=True)
class StagedFile:
    """One Parquet file. `partition` is None if its rows are not all of one known date."""

    path: str
    rows: int
    bytes: int
    partition: date | None
    statistics: Mapping[str, ColumnStatistics]


@dataclass(frozen=True)
class Staged:
    """The files of one attempt; none of them is empty."""

    files: tuple[StagedFile, ...]


def stage(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    select_sql: str,
    window: Window | None,
    folder: str,
    field_ids: Mapping[str, int],
    io: FileIO,
) -> Staged:
    """Write the rows of `select_sql` below `folder`, cast to the contract's types, sorted.

    One day, or a table replaced whole, is written as it comes; several days are split, one folder
    a partition. More days than memory allows to be open at once are written to the engine's spill
    folder first, and from there a few days at a time: the query runs once. If memory is not enough
    all the same, one thread tries again. Each row group is sorted within, and all but a few follow
    the one before.

    Rows outside the window are written too: the audit counts and refuses them. On an error the
    files written so far stay in `folder`, which belongs to the caller's attempt.

    Raises:
        DataError: If a column is missing, unknown or of a type that would be rounded or cut, or
            a value does not fit.
        StorageError: If a file cannot be read or written.
        EngineError: If the engine refuses the query or runs out of memory.
    """
    split = spec.partition_column is not None and window is not None and len(window) > 1
    source = f"(\n{select_sql.strip().rstrip(';')}\n)"
    where = spec.where(window)
    with engine_errors(f"Staging {where}", len(spec.columns)), storage_errors(spec, window):
        given = check_columns(connection, spec, source, where)
        connection.execute(f"SET partitioned_write_flush_threshold = {_BUFFERED_ROWS}")

        def write() -> list[tuple[object, ...]]:
            plan = plan_write(connection, spec, window)
            options = _copy_options(spec, split, field_ids, plan)
            with _slices(connection, spec, source, plan) as slices:
                return [
                    row
                    for rows in slices
                    for row in _copy(connection, spec, rows, split, folder, options)
                ]

        try:
            # What a first try has written is not published, and goes with the next maintenance.
            returned = in_memory_of_one_thread(connection, write)
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            raise explain_misfit(connection, spec, source, given, where, error) from error
    files = [_staged_file(spec, row) for row in returned]
    with storage_errors(spec, window):
        delete_files((file.path for file in files if file.rows == 0), io)
    return Staged(tuple(file for file in files if file.rows))


@contextmanager
def _slices(
    connection: DuckDBPyConnection, spec: TableSpec, source: str, plan: WritePlan
) -> Generator[list[str]]:
    """SELECTs of the typed rows, each of as many partitions as may be open at once."""
    columns = ", ".join(column.cast(quoted(column.name)) for column in spec.columns)
    typed = f"SELECT {columns} FROM {source} AS query"
    if spec.partition_column is None or len(plan.slices) < 2:
        yield [typed]
        return
    with spilled_rows(connection, typed) as rows:
        conditions = slice_conditions(spec.partition_column, plan.slices)
        yield [f"SELECT * FROM {rows} WHERE {condition}" for condition in conditions]


def _copy(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    rows: str,
    split: bool,
    folder: str,
    options: str,
) -> list[tuple[object, ...]]:
    order = [quoted(name) for name in spec.sort_by]
    if order and split and spec.partition_column is not None:
        # One partition after the other, so that few are open at once.
        order.insert(0, quoted(spec.partition_column))
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    copy = f"COPY ({rows}{ordered}) TO {text_literal(folder)} ({options})"
    return connection.execute(copy).fetchall()


def _copy_options(
    spec: TableSpec, split: bool, field_ids: Mapping[str, int], plan: WritePlan
) -> str:
    ids = ", ".join(f"{quoted(each.name)}: {field_ids[each.name]}" for each in spec.columns)
    options = [
        "FORMAT parquet",
        "COMPRESSION zstd",
        f"COMPRESSION_LEVEL {COMPRESSION_LEVEL}",
        f"ROW_GROUP_SIZE {plan.row_group_rows}",
        f"DICTIONARY_SIZE_LIMIT {_dictionary_size(spec)}",
        f"FIELD_IDS {{{ids}}}",
        "FILENAME_PATTERN '{uuid}'",
        "APPEND true",
        "RETURN_STATS",
    ]
    if split and spec.partition_column is not None:
        # DuckDB cannot split by partition and by size at once.
        options += [f"PARTITION_BY ({quoted(spec.partition_column)})", "WRITE_PARTITION_COLUMNS"]
    else:
        options.append(f"FILE_SIZE_BYTES '{_FILE_SIZE}'")
    return ", ".join(options)


def _dictionary_size(spec: TableSpec) -> int:
    """As declared above; none for a table with floats, whose -0.0 a dictionary takes for 0.0."""
    has_floats = any(name in each.type for each in spec.columns for name in ("FLOAT", "DOUBLE"))
    return 0 if has_floats else _DICTIONARY_SIZE


def _staged_file(spec: TableSpec, row: tuple[object, ...]) -> StagedFile:
    path, rows, size, _, returned, _ = row
    assert isinstance(path, str) and isinstance(rows, int) and isinstance(size, int)
    statistics = parse_statistics(returned)  # pyright: ignore[reportArgumentType]
    return StagedFile(path, rows, size, _partition_of(spec, statistics), statistics)


def _partition_of(spec: TableSpec, statistics: Mapping[str, ColumnStatistics]) -> date | None:
    if spec.partition_column is None:
        return None
    known = statistics.get(spec.partition_column)
    if known is None or known.null_count != 0 or known.minimum is None:
        return None
    return date.fromisoformat(known.minimum) if known.minimum == known.maximum else None
