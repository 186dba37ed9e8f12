"""Is a published partition what its code and its inputs would give today? If not, why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from resources.errors import InputMissing, RecordUnreadable, SourceError
from resources.lake.closing.closing_record import read_books
from resources.lake.model.publication_record import InputState, Partition, PublicationRecord
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot
from warehouse_assets.modeling.execution.delivery_watch import delivery_facts, delivery_watch
from warehouse_assets.modeling.execution.inputs import input_states
from warehouse_assets.modeling.loading.outline import code_version_of, keeps_closed_days

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.settings import Settings
    from resources.sources.delivery.day_folder import Delivered
    from warehouse_assets.modeling.loading.outline import TableFacts, WarehouseFacts


class Staleness:
    """Compares what is published with what it was made from, at one moment."""

    def __init__(self, warehouse: WarehouseFacts, lake: Lake, settings: Settings) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._lake = lake
        self._snapshot = cache(lambda name: lake.snapshot(warehouse.table(name).spec))
        self._books = cache(lambda: read_books(lake))

    def snapshot(self, name: str) -> TableSnapshot:
        """The table of that name as it was when it was first looked at."""
        return self._snapshot(name)

    def reason(self, table: TableFacts, partition: Partition) -> str | None:
        """Why the partition should be made again; None when it is up to date."""
        return self.reason_within(table, partition) or self.changed_delivery(table, partition)

    def reason_within(self, table: TableFacts, partition: Partition) -> str | None:
        """The same by code and inputs alone: the delivered files are not looked at."""
        snapshot: TableSnapshot = self._snapshot(table.name)
        if partition not in snapshot.published:
            return "not published" if snapshot.published else "never published"
        if self.is_kept(table, partition):
            return None
        record = self._record(snapshot, partition)
        if isinstance(record, RecordUnreadable):
            return f"its publication record cannot be read: {record.why}"
        if record.code_version != code_version_of(table):
            return "its code changed"
        if lost := snapshot.columns_without_values(record):
            return f"it has no values of {', '.join(lost)}, dropped and added again since"
        return self._changed_input(table, partition, record)

    def is_kept(self, table: TableFacts, partition: Partition) -> bool:
        """Whether the partition stays as it was published, because its books are closed."""
        return (
            keeps_closed_days(table)
            and partition in self._snapshot(table.name).published
            and self._books().is_closed(partition)
        )

    def state(self, table: TableFacts) -> str:
        """A digest that changes when an answer of `reason_within` for the table may change."""
        snapshots = [self._snapshot(name) for name in (table.name, *table.inputs)]
        facts = [
            (snapshot.spec.name, snapshot.table and snapshot.table.metadata_location)
            for snapshot in snapshots
        ]
        closed = self._books().closed_through if keeps_closed_days(table) else None
        facts.append(("closed through", str(closed)))
        return hashlib.sha256(repr((code_version_of(table), facts)).encode()).hexdigest()

    def stale(self, table: TableFacts, days: Iterable[date]) -> dict[Partition, str]:
        """The partitions among `days` that are not up to date, each with the reason."""
        partitions: Iterable[Partition] = days if table.partition_column else (None,)
        reasons = {partition: self.reason(table, partition) for partition in partitions}
        delivery_watch(self._settings.home).flush()
        return {partition: reason for partition, reason in reasons.items() if reason}

    def inputs(self, table: TableFacts, partition: Partition) -> Mapping[str, InputState]:
        """What a run of the partition would see of each input now."""
        snapshots: Mapping[str, TableSnapshot] = {
            name: self._snapshot(name) for name in table.inputs
        }
        window = None if partition is None else Window.of_day(partition)
        return input_states(table, snapshots, window, self._settings)[partition]

    def delivery(self, table: TableFacts, partition: Partition) -> tuple[Delivered, ...] | None:
        """The files delivered for the partition; None: it has no source, or they cannot be read."""
        if table.source is None or partition is None:
            return None
        from resources.sources.delivery.delivery import delivered

        try:
            window = Window.of_day(partition)
            return delivered(table.source, self._settings.landing_folder, window)
        except (InputMissing, SourceError):
            return None

    def _record(
        self, snapshot: TableSnapshot, partition: Partition
    ) -> PublicationRecord | RecordUnreadable:
        """The record of a published partition, or why it cannot be read."""
        try:
            record = self._lake.record(snapshot, partition)
        except RecordUnreadable as error:
            return error
        assert record is not None
        return record

    def _changed_input(
        self, table: TableFacts, partition: Partition, record: PublicationRecord
    ) -> str | None:
        now = self.inputs(table, partition)
        then = record.partitions[partition].inputs
        changed = [
            name
            for name, state in now.items()
            if name not in then or state.digest != then[name].digest
        ]
        merged = table.logs
        for name in changed:
            if name in merged and name in record.positions:
                return _not_merged(name, self._snapshot(name), record.positions[name])
        return f"{', '.join(changed)} published since" if changed else None

    def changed_delivery(self, table: TableFacts, partition: Partition) -> str | None:
        """How the files delivered for a published day differ from those that were loaded."""
        snapshot: TableSnapshot = self._snapshot(table.name)
        publication = snapshot.published.get(partition)
        if table.source is None or partition is None or publication is None:
            return None
        watch = delivery_watch(self._settings.home)
        # Looked at before they are compared: what is written in between is seen the next time.
        facts = delivery_facts(table, partition, self._settings)
        if watch.is_known(table.name, partition, publication, facts):
            return None
        record = self._record(snapshot, partition)
        if isinstance(record, RecordUnreadable):
            return f"its publication record cannot be read: {record.why}"
        difference = self._changed_source(table, partition, record)
        if difference is None:
            watch.remember(table.name, partition, publication, facts)
        return difference

    def changed_deliveries(self, table: TableFacts) -> dict[date, str]:
        """Every published day whose delivery is not the one that was loaded, however old."""
        days = self._snapshot(table.name).days
        changed = {day: self.changed_delivery(table, day) for day in days}
        delivery_watch(self._settings.home).flush()
        return {day: difference for day, difference in changed.items() if difference}

    def _changed_source(
        self, table: TableFacts, partition: date, record: PublicationRecord
    ) -> str | None:
        if table.source is None:
            return None
        from resources.sources.delivery.delivery import (
            changed_since,
            delivered,
            is_marked,
            recorded_files,
        )

        landing, day = self._settings.landing_folder, Window.of_day(partition)
        if not is_marked(table.source, landing, day):
            return None  # It is kept no longer, or is being delivered.
        try:
            now = delivered(table.source, landing, day)
        except (InputMissing, SourceError) as error:
            return f"delivered again: {error.message}"
        recorded = recorded_files(table.source, record.sources, partition)
        differences = changed_since(recorded, now, landing)
        return f"delivered again: {differences[0]}" if differences else None


def _not_merged(name: str, log: TableSnapshot, merged: Mapping[str, str]) -> str:
    days = [day for day, content in log.rows_from.items() if merged.get(str(day)) != content]
    if len(days) == 1:
        return f"{name} {days[0]} is not merged yet"
    return f"{len(days)} partitions of {name} are not merged yet"
