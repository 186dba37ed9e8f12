"""The data files of a snapshot that hold the wanted partitions, checked to be there and whole."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    LessThanOrEqual,
    Reference,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.io import FileIO
from pyiceberg.manifest import DataFile
from pyiceberg.table import FileScanTask, Table
from pyiceberg.transforms import IdentityTransform

from resources.errors import StorageError
from resources.lake.pin import Pin
from resources.lake.position_deletes import DeleteFile, is_own_delete_file
from resources.lake.table_files import file_sizes

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class PlannedFile:
    """A live data file; `partition` is None in a table without partitions.

    `rows` counts the dead ones too, which `deletes` name.
    """

    path: str
    partition: date | None
    rows: int
    data_file: DataFile
    deletes: tuple[DeleteFile, ...] = ()

    @property
    def dead_rows(self) -> int:
        """Rows that are in the file and no longer in the table."""
        return sum(each.rows for each in self.deletes)

    @property
    def live_rows(self) -> int:
        """Rows that the table has in this file."""
        return self.rows - self.dead_rows


def plan_files(table: Table, pin: Pin, partitions: Set[date] | None) -> list[PlannedFile]:
    """The files that hold `partitions` (None: all), in a stable order.

    Raises:
        StorageError: If a file is missing or cut off, or has delete files of another writer.
    """
    where = f"{pin.spec.namespace}.{pin.spec.name}, snapshot {pin.snapshot_id}"
    scan = table.scan(row_filter=_range_filter(table, partitions), snapshot_id=pin.snapshot_id)
    try:
        tasks = list(scan.plan_files())
    except ValueError as error:
        raise _deletes_refused(where, str(error)) from error
    chosen: list[tuple[FileScanTask, date | None]] = []
    for task in tasks:
        partition = _partition_of(table, task.file)
        if partitions is not None and partition not in partitions:
            continue
        if not all(is_own_delete_file(each) for each in task.delete_files):
            raise _deletes_refused(where, task.file.file_path)
        chosen.append((task, partition))
    _check_whole(where, chosen, table.io)
    planned = [_planned(task, partition) for task, partition in chosen]
    return sorted(planned, key=lambda file: (file.partition or _EPOCH, file.path))


def _planned(task: FileScanTask, partition: date | None) -> PlannedFile:
    file = task.file
    deletes = sorted(task.delete_files, key=lambda each: each.file_path)
    return PlannedFile(
        file.file_path,
        partition,
        file.record_count,
        file,
        tuple(
            DeleteFile(each.file_path, each.record_count, each.file_size_in_bytes)
            for each in deletes
        ),
    )


def _range_filter(table: Table, partitions: Set[date] | None) -> BooleanExpression:
    # A range, not a set: the exact choice is made on the files, a range is cheap to evaluate.
    source_ids = [field.source_id for field in table.spec().fields]
    if partitions is None or not source_ids:
        return AlwaysTrue()
    name = table.schema().find_column_name(source_ids[0])
    assert name is not None, "a partition field has a column"
    column = Reference(name)
    return And(
        left=GreaterThanOrEqual(term=column, value=literal(min(partitions))),
        right=LessThanOrEqual(term=column, value=literal(max(partitions))),
    )


def _partition_of(table: Table, file: DataFile) -> date | None:
    fields = table.specs()[file.spec_id].fields
    if not fields or not isinstance(fields[0].transform, IdentityTransform):
        return None
    value = file.partition[0]
    return _EPOCH + timedelta(days=value) if isinstance(value, int) else value


def _check_whole(
    where: str, chosen: Sequence[tuple[FileScanTask, date | None]], io: FileIO
) -> None:
    files = [
        (file, partition) for task, partition in chosen for file in (task.file, *task.delete_files)
    ]
    sizes = file_sizes([file.file_path for file, _ in files], io)
    for file, partition in files:
        size = sizes[file.file_path]
        if size == file.file_size_in_bytes:
            continue
        if isinstance(size, OSError):
            problem = f"cannot be read: {size.strerror}"
        else:
            problem = f"has {size} bytes, but was published with {file.file_size_in_bytes}"
        raise StorageError(
            f"{where}, partition {partition or 'none'}: data file {file.file_path} {problem}",
            "Restore the file from a backup, or materialize its partition again.",
        )


def _deletes_refused(where: str, detail: str) -> StorageError:
    return StorageError(
        f"{where}: rows are deleted by delete files that this lake did not write: {detail}",
        "Compact the table with the program that wrote the delete files, then read it again.",
    )
