"""The data files of a snapshot that hold the wanted partitions, checked for presence and size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

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
from pyiceberg.manifest import INITIAL_SEQUENCE_NUMBER, DataFile, DataFileContent, ManifestEntry
from pyiceberg.table import ManifestGroupPlanner, Table
from pyiceberg.table.delete_file_index import DeleteFileIndex
from pyiceberg.transforms import IdentityTransform

from resources.errors import StorageError
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.storage.position_deletes import DeleteFile, is_own_delete_file
from resources.lake.storage.table_files import file_sizes

_EPOCH = date(1970, 1, 1)

# A data file, its partition, and its position-delete files.
_Chosen = tuple[DataFile, date | None, Sequence[DataFile]]


@dataclass(frozen=True)
class PlannedFile:
    """A live data file; `partition` is None in a table without partitions.

    `rows` counts deleted rows too, which `deletes` name.
    """

    path: str
    partition: date | None
    rows: int
    data_file: DataFile
    deletes: tuple[DeleteFile, ...] = ()

    @property
    def deleted_rows(self) -> int:
        """Rows of the file that position deletes remove from the table."""
        return sum(each.rows for each in self.deletes)

    @property
    def live_rows(self) -> int:
        """Rows of the file that the table has."""
        return self.rows - self.deleted_rows


def plan_files(
    table: Table, snapshot: TableSnapshot, partitions: Set[date] | None
) -> list[PlannedFile]:
    """The files that hold `partitions` (None: all), in a stable order.

    Raises:
        StorageError: If a file is missing or cut off, or has delete files of another writer.
    """
    where = f"{snapshot.spec.full_name}, snapshot {snapshot.snapshot_id}"
    chosen: list[_Chosen] = []
    for file, deletes in _live_files(where, table, snapshot, partitions):
        partition = _partition_of(table, file)
        if partitions is not None and partition not in partitions:
            continue
        if not all(is_own_delete_file(each) for each in deletes):
            raise _deletes_refused(where, file.file_path)
        chosen.append((file, partition, sorted(deletes, key=lambda each: each.file_path)))
    _check_whole(where, chosen, table.io)
    planned = [
        PlannedFile(
            file.file_path,
            partition,
            file.record_count,
            file,
            tuple(
                DeleteFile(each.file_path, each.record_count, each.file_size_in_bytes)
                for each in deletes
            ),
        )
        for file, partition, deletes in chosen
    ]
    return sorted(planned, key=lambda file: (file.partition or _EPOCH, file.path))


def _live_files(
    where: str, table: Table, snapshot: TableSnapshot, partitions: Set[date] | None
) -> Iterator[tuple[DataFile, Set[DataFile]]]:
    """The data files that may hold the partitions, each with its delete files.

    `table.scan().plan_files()` gives the same, and works out for each file which part of the
    filter is left to ask of its rows: a third of the time, for nothing that is used here.
    """
    current = table.current_snapshot()
    if snapshot.snapshot_id is not None:
        current = table.snapshot_by_id(snapshot.snapshot_id)
    if current is None:
        return
    planner = ManifestGroupPlanner(table.metadata, table.io, _range_filter(table, partitions))
    living: list[ManifestEntry] = []
    deletes = DeleteFileIndex()
    manifests = current.manifests(table.io)
    for entry in chain.from_iterable(planner.plan_manifest_entries(manifests)):
        file = entry.data_file
        if file.content == DataFileContent.DATA:
            living.append(entry)
        elif file.content == DataFileContent.POSITION_DELETES:
            deletes.add_delete_file(entry, partition_key=file.partition)
        else:
            raise _deletes_refused(where, file.file_path)
    for entry in living:
        file = entry.data_file
        number = entry.sequence_number or INITIAL_SEQUENCE_NUMBER
        yield file, deletes.for_data_file(number, file, partition_key=file.partition)


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


def _check_whole(where: str, chosen: Sequence[_Chosen], io: FileIO) -> None:
    files = [(each, partition) for file, partition, deletes in chosen for each in (file, *deletes)]
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
