"""The one place that uses what pyiceberg keeps private: its version is pinned for this.

The classes here turn private methods into public ones, which the lake's own classes override.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, TypeVar

from pyiceberg.avro.codecs import AvroCompressionCodec
from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import BooleanExpression
from pyiceberg.expressions.visitors import (
    _InclusiveMetricsEvaluator,  # pyright: ignore[reportPrivateUsage]
)
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import (
    DataFile,
    ManifestContent,
    ManifestEntry,
    ManifestFile,
    ManifestWriterV2,
)
from pyiceberg.schema import Schema
from pyiceberg.table import StagedTable, Table, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Summary
from pyiceberg.table.update import (
    AddSnapshotUpdate,
    TableRequirement,
    TableUpdate,
    UpdatesAndRequirements,
)
from pyiceberg.table.update.snapshot import (
    _OverwriteFiles,  # pyright: ignore[reportPrivateUsage]
)
from pyiceberg.typedef import EMPTY_DICT, Identifier

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem
    from sqlalchemy import Engine

Manifested = TypeVar("Manifested", DataFile, ManifestFile)


class CachedTransaction(Transaction):
    """A transaction that applies its changes to the metadata once.

    pyiceberg's `table_metadata` copies all metadata at each access, 18 times a commit. Metadata and
    the tuple of updates are both replaced, never changed: while they are the same objects, so is
    what follows from them.
    """

    _cached_for: tuple[TableMetadata, tuple[TableUpdate, ...]] | None = None
    _cached: TableMetadata

    @property
    def table_metadata(self) -> TableMetadata:
        """The table's metadata with the changes of this transaction."""
        if not self._updates:
            return self._table.metadata
        now = (self._table.metadata, self._updates)
        if self._cached_for is None or not all(
            mine is current for mine, current in zip(self._cached_for, now, strict=True)
        ):
            self._cached = super().table_metadata
            self._cached_for = now
        return self._cached


class SqlCatalogOverEngine(SqlCatalog):
    """pyiceberg's SQL catalog over an engine that it is given. It makes no tables by itself."""

    def __init__(self, engine: Engine, name: str, uri: str, properties: Mapping[str, str]) -> None:
        # Past SqlCatalog, which would connect with the address it is given.
        MetastoreCatalog.__init__(self, name, **properties, uri=uri, init_catalog_tables="false")
        self.engine = engine
        self._init_catalog()

    @abstractmethod
    def metadata_to_commit(self, metadata: TableMetadata) -> TableMetadata:
        """The metadata that takes the place of what a commit is about to write."""

    def _update_and_stage_table(
        self,
        current_table: Table | None,
        table_identifier: Identifier,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> StagedTable:
        staged = super()._update_and_stage_table(
            current_table, table_identifier, requirements, updates
        )
        staged.metadata = self.metadata_to_commit(staged.metadata)
        return staged


class FileIOOverFileSystems(PyArrowFileIO):
    """pyiceberg's access to files over file systems of pyarrow that it is given."""

    @abstractmethod
    def local_filesystem(self) -> FileSystem:
        """The local disk."""

    @abstractmethod
    def s3_filesystem(self) -> FileSystem:
        """The object store that the properties name."""

    def _initialize_local_fs(self) -> FileSystem:
        return self.local_filesystem()

    def _initialize_s3_fs(self, netloc: str | None) -> FileSystem:  # noqa: ARG002
        return self.s3_filesystem()


class OverwriteFiles(_OverwriteFiles):
    """pyiceberg's overwrite in one snapshot. Subclasses choose its time and its manifests.

    pyiceberg knows nothing of delete files: the summary counts `added_deletes` and
    `removed_deletes`, which `manifests_of` sets and writes.
    """

    added_deletes: Sequence[DataFile] = ()
    removed_deletes: Sequence[DataFile] = ()

    @property
    def metadata(self) -> TableMetadata:
        """The table's metadata in the transaction."""
        return self._transaction.table_metadata

    @property
    def removed_data_files(self) -> Set[DataFile]:
        """The data files that the snapshot removes."""
        return self._deleted_data_files

    @property
    def compression(self) -> AvroCompressionCodec:
        """How manifests are compressed."""
        return self._compression

    @abstractmethod
    def timestamp_ms(self) -> int:
        """When the snapshot is made; milliseconds since 1970."""

    @abstractmethod
    def manifests_of(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        """The snapshot's manifests, from those that pyiceberg would give it."""

    def _commit(self) -> UpdatesAndRequirements:
        updates, requirements = super()._commit()
        at = self.timestamp_ms()
        return tuple(_at(update, at) for update in updates), requirements

    def _deleted_entries(self) -> list[ManifestEntry]:
        # pyiceberg would hand each manifest to a thread, to find nothing.
        return super()._deleted_entries() if self._deleted_data_files else []

    def _process_manifests(self, manifests: list[ManifestFile]) -> list[ManifestFile]:
        return self.manifests_of(manifests)

    def _summary(self, snapshot_properties: dict[str, str] = EMPTY_DICT) -> Summary:
        # pyiceberg counts what is in these two, and counts delete files right if they are.
        data_added, data_deleted = self._added_data_files, self._deleted_data_files
        self._added_data_files = [*data_added, *self.added_deletes]
        self._deleted_data_files = data_deleted | set(self.removed_deletes)
        try:
            return super()._summary(snapshot_properties)
        finally:
            self._added_data_files, self._deleted_data_files = data_added, data_deleted


def _at(update: TableUpdate, timestamp_ms: int) -> TableUpdate:
    """The update; if it adds a snapshot, one of that moment."""
    if not isinstance(update, AddSnapshotUpdate):
        return update
    snapshot = update.snapshot.model_copy(update={"timestamp_ms": timestamp_ms})
    return AddSnapshotUpdate(snapshot=snapshot)


class DeleteManifestWriter(ManifestWriterV2):
    """Writes a manifest of delete files, which pyiceberg reads but does not write."""

    def content(self) -> ManifestContent:
        """Deletes, not data."""
        return ManifestContent.DELETES

    @property
    def _meta(self) -> dict[str, Any]:
        return {**super()._meta, "content": "deletes"}


def metrics_filter(schema: Schema, expression: BooleanExpression) -> Callable[[DataFile], bool]:
    """A function that is False of files whose bounds prove that no row meets the expression."""
    return _InclusiveMetricsEvaluator(schema, expression).eval


def copy_of(record: Manifested) -> Manifested:
    """A copy whose fields can be set: `copy.copy` shares them with the original."""
    copied = copy.copy(record)
    copied._data = list(record._data)  # pyright: ignore[reportPrivateUsage]
    return copied
