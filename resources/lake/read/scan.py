"""Reading a snapshot of a table: SQL over the data files that Iceberg plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from pyiceberg.table import Table

from resources.identifiers import date_literal, quoted, text_list, text_literal
from resources.lake.model.table_spec import ColumnSpec, no_rows
from resources.lake.read.file_columns import FileColumn, FileColumns, column_finder
from resources.lake.read.relation import Relation
from resources.lake.read.scan_plan import PlannedFile, plan_files
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.storage.position_deletes import POSITION, positions_relation
from resources.lake.storage.table_files import for_each_file


def relation(
    table: Table | None,
    columns: Sequence[ColumnSpec],
    snapshot: TableSnapshot,
    partitions: Mapping[date, date] | None,
) -> Relation:
    """A SELECT of `columns` over the snapshot's files, and the files that it opens.

    The columns have the contract's names and types; one that a file has not is NULL. `partitions`
    maps each visible date to the partition it is read from; where they differ the rows show the
    visible date. None: every row.

    Raises:
        StorageError: If a file is missing, cut off, or has delete files of another writer.
    """
    if table is None or snapshot.snapshot_id is None or (partitions is not None and not partitions):
        return Relation(no_rows(columns), ())
    wanted = None if partitions is None else set(partitions.values())
    files = plan_files(table, snapshot, wanted)
    return planned_relation(table, columns, snapshot, partitions, files)


def planned_relation(
    table: Table,
    columns: Sequence[ColumnSpec],
    snapshot: TableSnapshot,
    partitions: Mapping[date, date] | None,
    files: Sequence[PlannedFile],
) -> Relation:
    """As `relation`, of files that were planned already."""
    find_columns = column_finder(table, columns)
    branches = [
        branch
        for chosen, shown_as in _views(files, partitions)
        for branch in _branches(columns, snapshot, chosen, shown_as, find_columns)
    ]
    opened = [path for file in files for path in (file.path, *(d.path for d in file.deletes))]
    return Relation("\nUNION ALL\n".join(branches) or no_rows(columns), tuple(opened))


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


def files_sql(
    table: Table | None,
    columns: Sequence[ColumnSpec],
    snapshot: TableSnapshot,
    files: Sequence[PlannedFile],
) -> str:
    """A SELECT of `columns` over the live rows of the files."""
    if table is None:
        return no_rows(columns)
    branches = _branches(columns, snapshot, files, None, column_finder(table, columns))
    return "\nUNION ALL\n".join(branches) or no_rows(columns)


def _branches(
    columns: Sequence[ColumnSpec],
    snapshot: TableSnapshot,
    files: Sequence[PlannedFile],
    shown_as: date | None,
    find_columns: Callable[[str], FileColumns],
) -> Iterator[str]:
    """One SELECT for each group of files that hold the same columns in the same types.

    A file with position deletes is a SELECT of its own.
    """
    groups: dict[tuple[FileColumns, PlannedFile | None], list[PlannedFile]] = {}
    in_files = for_each_file(find_columns, [file.path for file in files])
    for file, held in zip(files, in_files, strict=True):
        alone = file if file.deletes else None
        groups.setdefault((held, alone), []).append(file)
    for (held, with_deletes), group in groups.items():
        selected = ", ".join(
            f"{date_literal(shown_as)} AS {quoted(column.name)}"
            if shown_as is not None and column.name == snapshot.spec.partition_column
            else column_sql(column, in_file)
            for column, in_file in zip(columns, held, strict=True)
        )
        relation = _live_rows(with_deletes) if with_deletes else _all_rows(group)
        yield f"SELECT {selected} FROM {relation}"


def _all_rows(files: Sequence[PlannedFile]) -> str:
    paths = text_list(file.path for file in files)
    # Told how many rows there are, the engine need not guess them from the first file.
    rows = sum(file.rows for file in files)
    return f"read_parquet({paths}, hive_partitioning = false, explicit_cardinality = {rows})"


def _live_rows(file: PlannedFile) -> str:
    return (
        f"read_parquet({text_literal(file.path)}, hive_partitioning = false, "
        f"file_row_number = true, explicit_cardinality = {file.rows}) AS file "
        f"ANTI JOIN {positions_relation(file.deletes)} AS deleted "
        f"ON file.file_row_number = deleted.{quoted(POSITION)}"
    )


def column_sql(column: ColumnSpec, in_file: FileColumn | None) -> str:
    """A column of a file under the contract's name, in its type; NULL if the file has none."""
    return column.cast("NULL" if in_file is None else quoted(in_file.name))
