"""Which locks a lake has: files in its home, or sessions of the catalog's PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from resources.lake.catalog.locks.catalog_engine import database_engine, is_postgresql
from resources.lake.catalog.locks.database_locks import DatabaseLocks
from resources.lake.catalog.locks.file_locks import FileLocks
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings


class Lease(Protocol):
    """What an attempt leaves while it lives. Held by its process, and by nobody once it dies."""

    @property
    def id(self) -> str:
        """The attempt's id."""
        ...

    def remove(self) -> None:
        """Take the lease away: nothing is left to clean up. Free after that.

        Raises:
            OSError: If it cannot be removed: it is then left to the next sweep.
        """
        ...

    def release(self) -> None:
        """Leave the lease, if it is there, to the next sweep. May be called again."""
        ...


class Locks(Protocol):
    """Locks and leases of a lake; those of a process are free when it dies, however it dies."""

    def acquire(self, name: str, timeout_seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of that name, waiting for whoever has it.

        Raises:
            StorageError: If it is not free within `timeout_seconds`.
        """
        ...

    def mark(self, spec: TableSpec, description: Mapping[str, str]) -> Lease:
        """Leave a lease of a new attempt on the table, held until it is freed.

        The description says to people whose attempt it is.
        """
        ...

    def expired_leases(self, spec: TableSpec) -> Iterator[Lease]:
        """The leases that nobody alive holds, each held from now on; to be freed or removed."""
        ...

    def live_leases(self, spec: TableSpec) -> frozenset[str]:
        """Ids of the attempts on the table that a living process holds."""
        ...


def locks_of(settings: Settings) -> Locks:
    """Locks in PostgreSQL if the catalog is there: any number of hosts may then publish.

    With every other catalog they are files in the lake's home: one host publishes.
    """
    if is_postgresql(settings):
        return _database_locks(database_engine(settings), settings.catalog_name)
    return _file_locks(settings.home)


@lru_cache(maxsize=16)
def _database_locks(engine: Engine, catalog_name: str) -> DatabaseLocks:
    return DatabaseLocks(engine, catalog_name)


@lru_cache(maxsize=16)
def _file_locks(home: Path) -> FileLocks:
    return FileLocks(home)
