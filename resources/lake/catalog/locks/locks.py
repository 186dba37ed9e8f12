"""The locks of a lake: files in its home, or sessions of the catalog's PostgreSQL."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache

from resources.lake.catalog.locks.catalog_engine import database_engine, is_postgresql
from resources.lake.catalog.locks.database_locks import DatabaseLease, DatabaseLocks
from resources.lake.catalog.locks.file_locks import FileLease, FileLocks
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings

Lease = FileLease | DatabaseLease
"""What an attempt holds while it lives. It expires when its process dies."""

Locks = FileLocks | DatabaseLocks
"""Locks and leases of a lake; those of a process are free when it dies, however it dies."""

# One for each database: it remembers that its table was created.
_database_locks = lru_cache(maxsize=16)(DatabaseLocks)

# A commit takes tens of milliseconds: a lock that is held this long is held by something broken.
TIMEOUT_SECONDS = 120.0


def commit_lock(settings: Settings, spec: TableSpec) -> AbstractContextManager[None]:
    """Serialise commits to the table among all processes that publish to this lake.

    Iceberg would retry commits, and under load retries starve.
    """
    return locks_of(settings).acquire(spec.full_name, TIMEOUT_SECONDS)


def catalog_lock(settings: Settings) -> AbstractContextManager[None]:
    """Serialise the creation of the catalog's own tables and of namespaces."""
    return locks_of(settings).acquire("catalog", TIMEOUT_SECONDS)


def locks_of(settings: Settings) -> Locks:
    """Locks in PostgreSQL if the catalog is there: any number of hosts may then publish.

    With every other catalog they are files in the lake's home: one host publishes.
    """
    if is_postgresql(settings):
        return _database_locks(database_engine(settings), settings.catalog_name)
    return FileLocks(settings.home)
