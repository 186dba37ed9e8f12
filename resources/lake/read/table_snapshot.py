"""A table as one run sees it from beginning to end, whatever others publish meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from resources.errors import RecordUnreadable
from resources.lake.model.publication_record import (
    Dates,
    Partition,
    PartitionRecord,
    PublicationRecord,
    published_partitions,
    unchanged_partitions,
)
from resources.lake.model.table_spec import TableSpec
from resources.lake.read.publication_store import PublicationStore
from resources.lake.read.table_metadata import TableMetadata
from resources.lake.storage.table_files import is_local

if TYPE_CHECKING:
    from pyiceberg.table import Table


@dataclass(frozen=True)
class TableSnapshot:
    """One table at one snapshot.

    `published` maps each published partition to its publication id (the key is None for a table
    without partitions); a partition without rows is in it as well. `opened` is the table of
    pyiceberg, or what opens it; it is None, and so is `snapshot_id`, when the table does not exist
    yet. `unchanged` holds, of partitions whose publication gave exactly the rows that were there
    before, the publication they are from. `metadata` is there where it was read without pyiceberg.
    """

    spec: TableSpec
    snapshot_id: int | None
    published: Mapping[Partition, str]
    opened: Table | Callable[[], Table] | None
    unchanged: Mapping[Partition, str] = field(default_factory=dict[Partition, str])
    metadata: TableMetadata | None = None

    @cached_property
    def table(self) -> Table | None:
        """The table as pyiceberg has it; None if it does not exist yet."""
        return self.opened() if callable(self.opened) else self.opened

    @cached_property
    def rows_from(self) -> Mapping[Partition, str]:
        """Partition -> the publication that its rows are from: another one, other rows."""
        return {**self.published, **self.unchanged}

    @property
    def days(self) -> list[date]:
        """The published partitions; none of a table without partitions."""
        return [day for day in self.published if day is not None]

    @property
    def location(self) -> str | None:
        """Root of the table's files; None if it does not exist yet."""
        if self.metadata is not None:
            return self.metadata.location
        return self.table.location() if self.table is not None else None

    @property
    def rows(self) -> int | None:
        """How many rows the table has, as its snapshot says; None if it does not."""
        if self.metadata is not None:
            return self.metadata.rows
        snapshot = self.table.current_snapshot() if self.table is not None else None
        total = snapshot.summary.get("total-records") if snapshot and snapshot.summary else None
        return int(total) if total else None

    @property
    def _field_ids(self) -> Mapping[str, int]:
        if self.metadata is not None:
            return self.metadata.field_ids
        fields = self.table.schema().fields if self.table is not None else ()
        return {field.name: field.field_id for field in fields}

    @cached_property
    def publications(self) -> PublicationStore:
        """The records of the table's publications; ValueError if it does not exist yet."""
        if self.location is None:
            raise ValueError(f"{self.spec.full_name} does not exist yet")
        io = None if is_local(self.location) or self.table is None else self.table.io
        return PublicationStore(self.location, io)

    def record(self, partition: Partition) -> PublicationRecord | None:
        """How the partition came to be, as `PublicationStore.read`; None if it is not published."""
        publication_id = self.published.get(partition)
        if publication_id is None or self.location is None:
            return None
        return self.publications.read(publication_id)

    def partition_record(self, partition: Partition) -> PartitionRecord | None:
        """What the record says of the partition; None if none can be read, or says nothing."""
        with suppress(RecordUnreadable):
            record = self.record(partition)
            return record.partitions.get(partition) if record else None
        return None

    def dates(self, partition: Partition) -> Dates | None:
        """The business dates of the partition's rows; None if no record says them."""
        found = self.partition_record(partition) if self.spec.event_time else None
        return found.dates if found else None

    def columns_without_values(self, record: PublicationRecord) -> list[str]:
        """The contract's columns for which the files of the record's publication hold no values.

        They were dropped and came back since: as other columns of the same names.
        """
        if self.snapshot_id is None or not record.field_ids:
            return []
        now = self._field_ids
        return [
            column.name
            for column in self.spec.columns
            if now.get(column.name) != record.field_ids.get(column.name)
        ]


def snapshot_of(spec: TableSpec, table: Table | None) -> TableSnapshot:
    """The table at its latest snapshot."""
    if table is None:
        return TableSnapshot(spec, None, {}, None)
    return TableSnapshot(
        spec,
        table.metadata.current_snapshot_id,
        published_partitions(table.properties),
        table,
        unchanged_partitions(table.properties),
    )


def snapshot_of_metadata(
    spec: TableSpec, metadata: TableMetadata, opened: Callable[[], Table]
) -> TableSnapshot:
    """The table as its metadata file says, opened by pyiceberg only if somebody asks for that."""
    return TableSnapshot(
        spec,
        metadata.snapshot_id,
        published_partitions(metadata.properties),
        opened,
        unchanged_partitions(metadata.properties),
        metadata,
    )
