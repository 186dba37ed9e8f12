"""Dagster's SQLite event log with its connections kept open, for runs in this process.

Dagster opens and closes a connection, and waits for the disk, several times an event; with a few
hundred events a run that took longer than the tables themselves. The files are the same, so the
UI reads them as ever. What a power cut may take is the newest events, never a published row:
what is published is in the lake's own catalog.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
import sqlalchemy.event
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

_BUSY_SECONDS = 30


class PooledEventLog(SqliteEventLogStorage):
    """One open connection a database; Dagster's own lock keeps threads apart."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()

    @contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = _engine(self.conn_string_for_shard(shard))
                self._initdb(self._engines[shard])
            with self._engines[shard].begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; what it has is not looked for again."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the databases."""
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
