"""One commit at a time per table. Iceberg would retry, and under load retries starve."""

from __future__ import annotations

from contextlib import AbstractContextManager

from resources.lake.catalog.locks.locks import locks_of
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings

# A commit takes tens of milliseconds: whoever waits this long waits for something broken.
TIMEOUT_SECONDS = 120.0


def commit_lock(settings: Settings, spec: TableSpec) -> AbstractContextManager[None]:
    """Serialise commits to the table among all processes that publish to this lake."""
    return locks_of(settings).acquire(spec.full_name, TIMEOUT_SECONDS)


def catalog_lock(settings: Settings) -> AbstractContextManager[None]:
    """Serialise the creation of the catalog's own tables and of namespaces."""
    return locks_of(settings).acquire("catalog", TIMEOUT_SECONDS)
