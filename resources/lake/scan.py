"""Reading a pinned table: its files, planned by Iceberg, as SQL that the engine runs natively."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from pyiceberg.table import Table

from resources.identifiers import quoted, text_literal
from resources.lake.file_columns import FileColumn, FileColumns, column_finder
from resources.lake.pin import Pin
from resources.lake.planned_files import PlannedFile, plan_files
from resources.lake.table_spec import ColumnSpec


def relation_sql(
    table: Table | None,
    columns: Sequence[ColumnSpec],
    pin: Pin,
    partitions: Mapping[date, date] | None,
) -> str:
    """A SELECT of `columns` over the pinned snapshot's files.

    Args:
        table: The pinned table; None if it does not exist yet.
        columns: What to give, under the contract's names and types; a column that a file has
            not is NULL.
        pin: The snapshot, and the table's contract.
        partitions: From each visible date to the partition it is read from. Where they differ the
            rows show the visible date. None: every row.

    Raises:
        StorageError: If a file is missing, cut off, or has delete files beside it.
    """
    if table is None or pin.snapshot_id is None or (partitions is not None and not partitions):
        return _empty(columns)
    wanted = None if partitions is None else set(partitions.values())
    files = plan_files(table, pin, wanted)
    find_columns = column_finder(table, columns)
    branches = [
        branch
        for chosen, shown_as in _views(files, partitions)
        for branch in _branches(columns, pin, chosen, shown_as, find_columns)
    ]
    return "\nUNION ALL\n".join(branches) or _empty(columns)


def _views(
    files: Sequence[PlannedFile], partitions: Mapping[date, date] | None
) -> Iterator[tuple[list[PlannedFile], date | None]]:
    """The files to read together, and the date their rows show if it is not their own."""
    if partitions is None:
        yield list(files), None
        return
    own = {visible for visible, physical in partitions.items() if visible == physical}
    yield [file for file in files if file.partition in own], None
    for visible, physical in partitions.items():
        if visible != physical:
            yield [file for file in files if file.partition == physical], visible


def _branches(
    columns: Sequence[ColumnSpec],
    pin: Pin,
    files: Iterable[PlannedFile],
    shown_as: date | None,
    find_columns: Callable[[str], FileColumns],
) -> Iterator[str]:
    """One SELECT for each group of files that hold the same columns in the same types."""
    groups: dict[FileColumns, list[PlannedFile]] = {}
    for file in files:
        groups.setdefault(find_columns(file.path), []).append(file)
    for held, group in groups.items():
        paths = ", ".join(text_literal(file.path) for file in group)
        selected = ", ".join(
            _shown_date(column, shown_as)
            if shown_as is not None and column.name == pin.spec.partition_column
            else _column(column, in_file)
            for column, in_file in zip(columns, held, strict=True)
        )
        # Told how many rows there are, the engine need not guess them from the first file.
        rows = sum(file.rows for file in group)
        yield (
            f"SELECT {selected} FROM read_parquet([{paths}], "
            f"hive_partitioning = false, explicit_cardinality = {rows})"
        )


def _column(column: ColumnSpec, in_file: FileColumn | None) -> str:
    value = "NULL" if in_file is None else quoted(in_file.name)
    return f"CAST({value} AS {column.type}) AS {quoted(column.name)}"


def _shown_date(column: ColumnSpec, day: date) -> str:
    return f"DATE '{day.isoformat()}' AS {quoted(column.name)}"


def _empty(columns: Sequence[ColumnSpec]) -> str:
    return f"SELECT {', '.join(_column(column, None) for column in columns)} WHERE false"
