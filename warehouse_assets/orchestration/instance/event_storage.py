"""Dagster's SQLite event log, written in batches over open connections, for runs in this process.

Dagster opens a connection, syncs the disk, and executes up to six statements an event. A run over
many days has an event for each partition, and one for each check of it: they took longer than the
tables themselves. Here they are buffered until another kind of event comes, such as the end of the
step, or until someone reads, and stored together. Files and rows are the same as Dagster's, for the
UI. A crash may lose the latest events, never a published row.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
import sqlalchemy.event
from dagster import AssetCheckEvaluation, AssetKey, EventLogEntry
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

from warehouse_assets.orchestration.dagster_internals import (
    ASSET_EVENTS,
    AssetCheckEvaluationTargetMaterializationData,
    ConfigurableClassData,
    DagsterSqliteStorage,
    SqlEventLogStorageTable,
    SqliteEventLogStorage,
)
from warehouse_assets.orchestration.instance.event_batches import (
    evaluation_of,
    insert_events,
    is_stored_together,
    latest_materializations,
    store_checks,
)

_BUSY_SECONDS = 30
_MOST_BUFFERED = 2_000


class PooledEventLog(SqliteEventLogStorage):
    """One open connection a database; Dagster's own lock keeps threads apart."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._buffered: list[EventLogEntry] = []
        self._evaluations: dict[tuple[AssetKey, str], EventLogEntry] = {}
        super().__init__(base_dir, inst_data)
        # Reading stores the buffered events first, and both take the lock.
        self._db_lock = threading.RLock()

    def store_event(self, event: EventLogEntry) -> None:
        """Store the event, or buffer it if its kind is stored together."""
        with self._db_lock:
            if not is_stored_together(event):
                self._store_buffered()
                super().store_event(event)
                return
            evaluation = evaluation_of(event)
            if evaluation is not None:
                self._evaluations[evaluation.asset_key, evaluation.check_name] = event
            self._buffer(event)

    def store_alike(
        self, told: AssetCheckEvaluation, others: Sequence[AssetCheckEvaluation]
    ) -> None:
        """Store evaluations of other partitions, each as an event like that of `told`.

        Through Dagster's logging each would take longer than storing it.
        """
        with self._db_lock:
            event = self._evaluations[told.asset_key, told.check_name]
            for other in others:
                its = event.get_dagster_event()._replace(event_specific_data=other)
                self._buffer(event._replace(timestamp=time.time(), dagster_event=its))

    def latest_materializations(
        self, asset_key: AssetKey, partitions: Sequence[str]
    ) -> dict[str, AssetCheckEvaluationTargetMaterializationData]:
        """The latest materialization of each partition that has one, without reading events."""
        with self.index_connection() as connection:
            return latest_materializations(connection, asset_key, partitions)

    def _buffer(self, event: EventLogEntry) -> None:
        self._buffered.append(event)
        if len(self._buffered) >= _MOST_BUFFERED:
            self._store_buffered()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the events in their order."""
        for event in events:
            self.store_event(event)

    def _store_buffered(self) -> None:
        events, self._buffered = self._buffered, []
        if not events:
            return
        rows = [self._event_to_row(event) for event in events]
        for run_id in {event.run_id for event in events}:
            with self.run_connection(run_id) as connection:
                of_run = [row for row in rows if row["run_id"] == run_id]
                connection.execute(SqlEventLogStorageTable.insert(), of_run)
        with self.index_transaction() as connection:
            ids = insert_events(connection, rows)
            of_assets = {
                event_id: event
                for event, event_id in zip(events, ids, strict=True)
                if event.dagster_event_type in ASSET_EVENTS
            }
            self._store_asset_event_tags(connection, [*of_assets.values()], [*of_assets])
            # An asset remembers its latest event of each kind: the last one stays.
            latest = {
                (event.get_dagster_event().asset_key, event.dagster_event_type): event_id
                for event_id, event in of_assets.items()
            }
            for event_id in latest.values():
                self._store_asset_event(connection, of_assets[event_id], event_id)
            store_checks(connection, events, rows, ids)

    @contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        with self._db_lock:
            self._store_buffered()
            if shard not in self._engines:
                self._engines[shard] = _engine(self.conn_string_for_shard(shard))
                self._initdb(self._engines[shard])
            with self._engines[shard].begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; remembered if it has."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Store the buffered events, and close the databases."""
        with self._db_lock:
            self._store_buffered()
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


class PooledStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage with that event log."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = PooledEventLog(str(Path(base_dir) / "history" / "runs"))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> PooledStorage:
        """The storage that an instance's configuration asks for."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _engine(address: str) -> Engine:
    engine = sqlalchemy.create_engine(
        address,
        poolclass=StaticPool,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    def configure(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    sqlalchemy.event.listen(engine, "connect", configure)
    return engine
