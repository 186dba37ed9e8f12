"""One commit at a time per table. Iceberg would retry, and under load retries starve."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from resources.lake.file_lock import hold
from resources.lake.table_spec import TableSpec
from resources.settings import Settings

# A commit takes tens of milliseconds: whoever waits this long waits for something broken.
TIMEOUT_SECONDS = 120.0


def commit_lock(settings: Settings, spec: TableSpec) -> AbstractContextManager[None]:
    """Serialise commits to the table among the processes that share this lake's home."""
    path = settings.home / "locks" / f"{spec.namespace}.{spec.name}.lock"
    return hold(path, TIMEOUT_SECONDS)


def catalog_lock(home: Path) -> AbstractContextManager[None]:
    """Serialise the creation of the catalog's own tables and of namespaces."""
    return hold(home / "locks" / "catalog.lock", TIMEOUT_SECONDS)
