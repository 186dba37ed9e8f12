"""One Iceberg snapshot that swaps files: those of a window out, the staged ones in.

`Table.overwrite` would write the rows itself, in two snapshots. What is subclassed here is not
a public API of pyiceberg: the version is pinned and the tests cover what is relied upon.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    LessThan,
    Reference,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile, ManifestContent, ManifestEntry, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update.snapshot import (
    _OverwriteFiles,  # pyright: ignore[reportPrivateUsage]
)

from resources.errors import StorageError
from resources.lake.table_spec import TableSpec
from resources.lake.window import Window

# A commit reads the list of all manifests and each one that may hold the window's files: few of
# middle size keep both short, however many partitions a table gets.
_SMALL_MANIFEST_FILES = 25
_FULL_MANIFEST_FILES = 50
_MOST_SMALL_MANIFESTS = 20


class ReplaceFiles(_OverwriteFiles):
    """An overwrite that lets go of manifests in which no file is alive, and merges small ones.

    pyiceberg carries all of them forward, one or two more for every replace.
    """

    def _deleted_entries(self) -> list[ManifestEntry]:
        # pyiceberg would hand each manifest to a thread, to find nothing.
        return super()._deleted_entries() if self._deleted_data_files else []

    def _process_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        own: list[ManifestFile] = []
        small: list[ManifestFile] = []
        others: list[ManifestFile] = []
        current_spec = self._transaction.table_metadata.default_spec_id
        for manifest in manifests:
            if manifest.added_snapshot_id == self.snapshot_id:
                own.append(manifest)
            elif manifest.content != ManifestContent.DATA:
                others.append(manifest)
            elif (alive := _files_alive(manifest)) > 0:
                is_small = alive < _SMALL_MANIFEST_FILES
                mergeable = is_small and manifest.partition_spec_id == current_spec
                (small if mergeable else others).append(manifest)
        if len(small) > _MOST_SMALL_MANIFESTS:
            small = [self._merged(group) for group in _groups(small)]
        return own + others + small

    def _merged(self, manifests: list[ManifestFile]) -> ManifestFile:
        with self.new_manifest_writer(self.spec(manifests[0].partition_spec_id)) as writer:
            for manifest in manifests:
                for entry in self.fetch_manifest_entry(manifest, discard_deleted=True):
                    writer.existing(entry)
        return writer.to_manifest_file()


def _files_alive(manifest: ManifestFile) -> int:
    return (manifest.added_files_count or 0) + (manifest.existing_files_count or 0)


def _groups(manifests: list[ManifestFile]) -> list[list[ManifestFile]]:
    """Manifests of neighbouring partitions together, each group of about a full manifest."""
    groups: list[list[ManifestFile]] = [[]]
    files = 0
    for manifest in sorted(manifests, key=_first_day):
        if files >= _FULL_MANIFEST_FILES:
            groups.append([])
            files = 0
        groups[-1].append(manifest)
        files += _files_alive(manifest)
    return groups


def _first_day(manifest: ManifestFile) -> int:
    lowest = manifest.partitions[0].lower_bound if manifest.partitions else None
    return int.from_bytes(lowest or b"", "little", signed=True)


def window_filter(spec: TableSpec, window: Window | None) -> BooleanExpression:
    """The rows of the window; every row for a table that is replaced whole."""
    if spec.partition_column is None or window is None:
        return AlwaysTrue()
    column = Reference(spec.partition_column)
    first = GreaterThanOrEqual(term=column, value=literal(window.start))
    end = LessThan(term=column, value=literal(window.end))
    return And(left=first, right=end)


def files_of_window(table: Table, spec: TableSpec, window: Window | None) -> list[DataFile]:
    """The data files that hold exactly the window's rows.

    Raises:
        StorageError: If a file also holds rows outside the window, or if another writer has
            left delete files: swapping files would then bring back or lose rows.
    """
    tasks = list(table.scan(row_filter=window_filter(spec, window)).plan_files())
    for task in tasks:
        if task.residual != AlwaysTrue() or task.delete_files:
            what = "rows outside the window" if not task.delete_files else "row-level deletes"
            raise StorageError(
                f"{spec.namespace}.{spec.name}, {window or 'whole table'}: the file "
                f"{task.file.file_path}, written by something else, has {what}",
                "Rewrite the table with the engine that wrote that file, one file a partition.",
            )
    return [task.file for task in tasks]


def replace_files(
    transaction: Transaction,
    table: Table,
    removed: Sequence[DataFile],
    added: Sequence[str],
    scope: BooleanExpression,
    commit_id: str,
    snapshot_properties: Mapping[str, str],
) -> int:
    """Add the swap to the transaction; return the id of the snapshot it will make.

    `added` are locations of Parquet files with field ids. `scope` deletes nothing: only what
    others commit inside it is a conflict. Manifests are named after `commit_id`.
    """
    metadata = transaction.table_metadata
    producer = ReplaceFiles(
        operation=Operation.OVERWRITE if metadata.current_snapshot_id else Operation.APPEND,
        transaction=transaction,
        io=table.io,
        commit_uuid=uuid.UUID(commit_id),
        snapshot_properties=dict(snapshot_properties),
    )
    producer.delete_by_predicate(scope)
    for data_file in removed:
        producer.delete_data_file(data_file)
    for location in added:
        producer.append_data_file(parquet_file_to_data_file(table.io, metadata, location))
    producer.commit()
    return producer.snapshot_id
