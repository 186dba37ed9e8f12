"""One Iceberg snapshot that replaces data files and adds position deletes.

`Table.overwrite` would write the rows itself, in two snapshots, and knows no delete files.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    LessThan,
    Reference,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.manifest import DataFile, ManifestContent, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation

from resources.errors import StorageError
from resources.lake.catalog.metadata_times import next_moment
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.pyiceberg_internals import OverwriteFiles
from resources.lake.storage.delete_manifest import DeleteManifest
from resources.lake.storage.position_deletes import (
    WrittenDeletes,
    as_iceberg_file,
    is_own_delete_file,
)
from resources.lake.write.data_files import data_files

# A commit reads the list of all manifests and each one that may hold the window's files: few of
# middle size keep both short, however many partitions a table gets.
_SMALL_MANIFEST_FILES = 25
_FULL_MANIFEST_FILES = 50
_MOST_SMALL_MANIFESTS = 20


@dataclass(frozen=True)
class FileSwap:
    """What one snapshot changes: data files `removed` and `added`, position `deletes` added.

    `added` are locations of Parquet files with field ids. A data file's delete files are removed
    with it; `combined` are locations of others, whose positions `deletes` take in.
    """

    removed: Sequence[DataFile] = ()
    added: Sequence[str] = ()
    deletes: Sequence[WrittenDeletes] = ()
    combined: Sequence[str] = ()


class ReplaceFiles(OverwriteFiles):
    """An overwrite that drops manifests in which no file is alive, and merges small ones.

    pyiceberg carries all of them forward, one or two more for every replace. The delete files of
    removed data files, and those in `combined_deletes`, are removed; `added_deletes` are added.
    """

    combined_deletes: frozenset[str] = frozenset()

    def timestamp_ms(self) -> int:
        """Now, but after the last change of the table."""
        return next_moment(self.metadata)

    def manifests_of(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        """Those with living files, small ones merged, and one of the delete files."""
        own: list[ManifestFile] = []
        small: list[ManifestFile] = []
        others: list[ManifestFile] = []
        deletes: list[ManifestFile] = []
        current_spec = self.metadata.default_spec_id
        for manifest in manifests:
            if manifest.content != ManifestContent.DATA:
                deletes.append(manifest)
            elif manifest.added_snapshot_id == self.snapshot_id:
                own.append(manifest)
            elif (alive := _files_alive(manifest)) > 0:
                is_small = alive < _SMALL_MANIFEST_FILES
                mergeable = is_small and manifest.partition_spec_id == current_spec
                (small if mergeable else others).append(manifest)
        if len(small) > _MOST_SMALL_MANIFESTS:
            small = [self._merged(group) for group in _groups(small)]
        return own + others + small + self._delete_manifests(deletes)

    def _delete_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        """The manifests of delete files: as they are, or one in place of all if some change."""
        self.removed_deletes = ()
        living = [manifest for manifest in manifests if _files_alive(manifest) > 0]
        gone = {file.file_path for file in self.removed_data_files}
        if not self.added_deletes and not (living and (gone or self.combined_deletes)):
            return living
        entries = [entry for each in living for entry in self.fetch_manifest_entry(each)]
        new = DeleteManifest(entries, self.added_deletes, gone, self.combined_deletes)
        self.removed_deletes = new.removed
        if not new.changes:
            return living
        spec, output = self.metadata.spec(), self.new_manifest_output()
        return new.write(spec, self.schema(), output, self.snapshot_id, self.compression)

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
        foreign = not all(is_own_delete_file(each) for each in task.delete_files)
        if task.residual != AlwaysTrue() or foreign:
            what = "row-level deletes" if foreign else "rows outside the window"
            raise StorageError(
                f"{spec.where(window)}: the file "
                f"{task.file.file_path}, written by something else, has {what}",
                "Rewrite the table with the engine that wrote that file, one file a partition.",
            )
    return [task.file for task in tasks]


def replace_files(
    transaction: Transaction,
    table: Table,
    swap: FileSwap,
    scope: BooleanExpression,
    commit_id: str,
    snapshot_properties: Mapping[str, str],
) -> int:
    """Add the swap to the transaction; return the id of the snapshot it will make.

    `scope` deletes nothing: only what others commit inside it is a conflict. Manifests are named
    after `commit_id`.
    """
    metadata = transaction.table_metadata
    is_append = metadata.current_snapshot_id is None
    producer = ReplaceFiles(
        operation=Operation.APPEND if is_append else Operation.OVERWRITE,
        transaction=transaction,
        io=table.io,
        commit_uuid=uuid.UUID(commit_id),
        snapshot_properties=dict(snapshot_properties),
    )
    producer.delete_by_predicate(scope)
    for data_file in swap.removed:
        producer.delete_data_file(data_file)
    for data_file in data_files(table.io, metadata, swap.added):
        producer.append_data_file(data_file)
    producer.added_deletes = [as_iceberg_file(each) for each in swap.deletes]
    producer.combined_deletes = frozenset(swap.combined)
    producer.commit()
    return producer.snapshot_id
