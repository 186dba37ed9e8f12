"""The catalog: which tables there are and which metadata file of each is current."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.exceptions import (
    NamespaceAlreadyExistsError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.table import Table
from sqlalchemy import delete, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from resources.lake.commit_lock import catalog_lock
from resources.lake.iceberg_types import partition_spec_of, schema_of
from resources.lake.table_spec import TableSpec
from resources.settings import Settings

COMMENT = "comment"

_LAST_TABLE_CREATED = "iceberg_namespace_properties"

# The lake's own lock keeps its processes apart; the retries are for other writers. Old metadata
# files go with each commit, otherwise they are soon more than the data.
_TABLE_PROPERTIES = {
    "format-version": "2",
    "write.format.default": "parquet",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "10",
    "commit.retry.num-retries": "10",
}


def open_catalog(settings: Settings) -> SqlCatalog:
    """The lake's catalog, made on first use. One a process (a fork opens its own), any thread."""
    return _open_catalog(
        settings.home,
        settings.catalog_name,
        settings.catalog_location,
        settings.warehouse_location,
        os.getpid(),
    )


@lru_cache(maxsize=16)
def _open_catalog(
    home: Path, name: str, location: str, warehouse: str, _process: int
) -> SqlCatalog:
    url = make_url(location)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    catalog = SqlCatalog(name, uri=location, warehouse=warehouse, init_catalog_tables="false")
    # Readers of a finished catalog need no lock, and so no right to write.
    if not inspect(catalog.engine).has_table(_LAST_TABLE_CREATED):
        with catalog_lock(home):
            catalog.create_tables()
    return catalog


def table_location(settings: Settings, spec: TableSpec) -> str:
    """Root of a table's files: the folder above its `data` and `metadata`."""
    return f"{settings.warehouse_location.rstrip('/')}/{spec.namespace}/{spec.name}"


def load_table(settings: Settings, spec: TableSpec) -> Table | None:
    """The table as it is now, or None if nothing was ever published to it."""
    try:
        table = open_catalog(settings).load_table((spec.namespace, spec.name))
    except NoSuchTableError:
        return None
    return table if table.metadata.current_snapshot_id is not None else None


def create_table(settings: Settings, spec: TableSpec) -> Table:
    """Create the table from its contract. One that was made but never published is made anew.

    To be called under the table's commit lock. If another host published the table first, it
    is returned as it is.
    """
    catalog = open_catalog(settings)
    # Suppressed: another host, with a lock of its own, was first.
    with catalog_lock(settings.home), suppress(NamespaceAlreadyExistsError, IntegrityError):
        catalog.create_namespace_if_not_exists(spec.namespace)
    with suppress(TableAlreadyExistsError):
        return _create(catalog, settings, spec)
    existing = catalog.load_table((spec.namespace, spec.name))
    if existing.metadata.current_snapshot_id is not None:
        return existing
    _forget(catalog, existing)
    return _create(catalog, settings, spec)


def _create(catalog: SqlCatalog, settings: Settings, spec: TableSpec) -> Table:
    schema = schema_of(spec)
    return catalog.create_table(
        (spec.namespace, spec.name),
        schema=schema,
        location=table_location(settings, spec),
        partition_spec=partition_spec_of(spec, schema),
        properties=_TABLE_PROPERTIES
        | {
            COMMENT: spec.doc,
            "history.expire.min-snapshots-to-keep": str(settings.snapshots_kept),
        },
    )


def _forget(catalog: SqlCatalog, table: Table) -> None:
    """Take the table out of the catalog, unless somebody has committed to it meanwhile."""
    namespace, name = table.name()
    statement = delete(IcebergTables).where(
        IcebergTables.catalog_name == catalog.name,
        IcebergTables.table_namespace == namespace,
        IcebergTables.table_name == name,
        IcebergTables.metadata_location == table.metadata_location,
    )
    with catalog.engine.begin() as connection:
        connection.execute(statement)


def list_tables(settings: Settings) -> list[tuple[str, str]]:
    """(namespace, name) of every table, sorted."""
    catalog = open_catalog(settings)
    return sorted(
        (identifier[0], identifier[1])
        for namespace in catalog.list_namespaces()
        for identifier in catalog.list_tables(namespace)
    )


def commits_settle_at_once(settings: Settings) -> bool:
    """Whether a commit that raised an error can no longer land later (no server in between)."""
    return make_url(settings.catalog_location).get_backend_name() == "sqlite"
