"""The lake as the warehouse uses it: read, write, look back, maintain."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from resources.errors import RecordUnreadable
from resources.lake.model.publication_record import (
    CODE_VERSION,
    PUBLICATION,
    RUN_ID,
    WINDOW,
    Partition,
    PublicationRecord,
    PublishContext,
)
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot, snapshot_of
from resources.lake.storage.storage_errors import storage_errors
from resources.settings import Settings

# What a method needs is imported in it: pyiceberg takes longer to import than a look takes.
if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.maintenance.maintenance import MaintenanceReport, MayDelete
    from resources.lake.publish.table_write import OnStage, Published, TableWrite
    from resources.lake.read.relation import Relation


@dataclass(frozen=True)
class SnapshotSummary:
    """One snapshot of a table; run, code version and window if this lake published it."""

    snapshot_id: int
    parent_snapshot_id: int | None
    committed_at: datetime
    publication_id: str | None
    run_id: str | None
    code_version: str | None
    window: str | None
    properties: Mapping[str, str]


class Lake:
    """Every table of one lake. Cheap to make: nothing is opened before it is needed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def snapshot(self, spec: TableSpec) -> TableSnapshot:
        """The table as it is now, to be read from however it changes later."""
        from resources.lake.catalog.catalog import load_table

        with storage_errors(spec):
            table = load_table(self.settings, spec)
        return snapshot_of(spec, table)

    def relation_sql(self, snapshot: TableSnapshot, partitions: Mapping[date, date] | None) -> str:
        """A SELECT that gives the pinned table's columns.

        `partitions` maps each visible date to the partition it is read from; None is every row.
        """
        return self.relation(snapshot, partitions).sql

    def relation(self, snapshot: TableSnapshot, partitions: Mapping[date, date] | None) -> Relation:
        """What `relation_sql` gives, and the files that it opens."""
        from resources.lake.read.scan import relation

        with storage_errors(snapshot.spec):
            return relation(snapshot.table, snapshot.spec.columns, snapshot, partitions)

    def record(self, snapshot: TableSnapshot, partition: Partition) -> PublicationRecord | None:
        """How a pinned partition came to be; RecordUnreadable if its record is broken or missing.

        None if it is not published.
        """
        with storage_errors(snapshot.spec):
            record = snapshot.record(partition)
        if record is not None and partition not in record.partitions:
            what = partition or "the whole table"
            raise RecordUnreadable(str(snapshot.published[partition]), f"it says nothing of {what}")
        return record

    def write(
        self, spec: TableSpec, window: Window | None, run_id: str, base: TableSnapshot | None = None
    ) -> AbstractContextManager[TableWrite]:
        """A write to the table, for `replace` or `merge` to commit; see `table_write`."""
        from resources.lake.publish.table_write import table_write

        return table_write(self.settings, spec, window, run_id, base)

    def publish(
        self,
        spec: TableSpec,
        window: Window | None,
        select_sql: str,
        connection: DuckDBPyConnection,
        context: PublishContext,
        base: TableSnapshot | None = None,
        on_stage: OnStage | None = None,
    ) -> Published:
        """Make the window hold exactly the rows of `select_sql`; see `replace`."""
        from resources.lake.publish.replace import replace

        with self.write(spec, window, context.run_id, base) as write:
            return replace(write, select_sql, connection, context, on_stage)

    def tables(self) -> list[tuple[str, str]]:
        """(namespace, name) of every table, sorted."""
        from resources.lake.catalog.catalog import list_tables

        return list_tables(self.settings)

    def history(self, spec: TableSpec) -> list[SnapshotSummary]:
        """The snapshots that are kept, latest first."""
        from resources.lake.catalog.catalog import load_table

        with storage_errors(spec):
            table = load_table(self.settings, spec)
        snapshots = table.metadata.snapshots if table else []
        summaries: list[SnapshotSummary] = []
        for snapshot in sorted(snapshots, key=lambda each: -(each.sequence_number or 0)):
            properties = snapshot.summary.additional_properties if snapshot.summary else {}
            summaries.append(
                SnapshotSummary(
                    snapshot_id=snapshot.snapshot_id,
                    parent_snapshot_id=snapshot.parent_snapshot_id,
                    committed_at=datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC),
                    publication_id=properties.get(PUBLICATION),
                    run_id=properties.get(RUN_ID),
                    code_version=properties.get(CODE_VERSION),
                    window=properties.get(WINDOW),
                    properties=dict(properties),
                )
            )
        return summaries

    def maintain(
        self, spec: TableSpec, dry_run: bool = False, may_delete: MayDelete | None = None
    ) -> MaintenanceReport:
        """Compact files, expire old snapshots, delete what nothing refers to; see `maintain`."""
        from resources.lake.maintenance.maintenance import maintain

        with storage_errors(spec):
            return maintain(self.settings, spec, dry_run, may_delete)


class LakeAtOnce(Lake):
    """A lake for one look at many tables: the metadata of each is loaded once, then kept."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._snapshots: dict[str, TableSnapshot] = {}

    def snapshot(self, spec: TableSpec) -> TableSnapshot:
        """The table as it was when it was first asked for."""
        name = spec.full_name
        if name not in self._snapshots:
            self._snapshots[name] = super().snapshot(spec)
        return self._snapshots[name]
