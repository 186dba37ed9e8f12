"""The catalog: which tables there are and which metadata file of each is current."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from pyiceberg.catalog import WAREHOUSE_LOCATION, Catalog, load_catalog
from pyiceberg.exceptions import (
    NamespaceAlreadyExistsError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.table import Table
from sqlalchemy.exc import IntegrityError

from resources.errors import StorageError
from resources.lake.catalog.locks.catalog_engine import is_sqlite
from resources.lake.catalog.locks.locks import catalog_lock
from resources.lake.catalog.service_catalog import forget, service_properties
from resources.lake.catalog.sql_catalog import LakeSqlCatalog, open_sql_catalog
from resources.lake.catalog.table_locations import require_in_place
from resources.lake.model.iceberg_types import partition_spec_of, schema_of
from resources.lake.model.table_spec import TableSpec
from resources.lake.storage.object_store import file_io_properties
from resources.settings import Settings

COMMENT = "comment"

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


def open_catalog(settings: Settings) -> Catalog:
    """The lake's catalog, made on first use. One a process (a fork opens its own), any thread.

    Raises:
        SettingsError: If the settings name a catalog that cannot be.
    """
    key = (
        settings.home,
        settings.catalog_name,
        settings.catalog_kind,
        settings.catalog_location,
        settings.catalog_warehouse,
        settings.catalog_password,
        settings.warehouse_location,
        tuple(file_io_properties(settings).items()),
    )
    return _open_catalog(SettingsKey(key, settings), os.getpid())


@dataclass(frozen=True, repr=False)
class SettingsKey:
    """Settings to look up in a cache, equal to others with an equal key."""

    key: tuple[object, ...]
    settings: Settings = field(compare=False)


@lru_cache(maxsize=16)
def _open_catalog(key: SettingsKey, _process: int) -> Catalog:
    settings = key.settings
    properties = file_io_properties(settings) | {WAREHOUSE_LOCATION: settings.warehouse_location}
    if settings.catalog_kind == "sql":
        return open_sql_catalog(settings, properties)
    return load_catalog(settings.catalog_name, **{**properties, **service_properties(settings)})


def table_location(settings: Settings, spec: TableSpec) -> str:
    """Root of a table's files: the folder above its `data` and `metadata`."""
    return f"{settings.warehouse_location.rstrip('/')}/{spec.namespace}/{spec.name}"


def load_table(settings: Settings, spec: TableSpec) -> Table | None:
    """The table as it is now, or None if nothing was ever published to it.

    Raises:
        LakeElsewhere: If its files are not where this lake is.
    """
    catalog = open_catalog(settings)
    try:
        table = catalog.load_table(spec.identifier)
    except NoSuchTableError:
        return None
    except FileNotFoundError as error:
        # Of a lake that was moved not even the metadata is where the catalog says.
        if isinstance(catalog, LakeSqlCatalog):
            location = catalog.metadata_locations().get(spec.identifier, "")
            require_in_place(settings, spec.full_name, location)
        raise folder_gone(spec, str(error)) from error
    require_in_place(settings, spec.full_name, table.location())
    return table if table.metadata.current_snapshot_id is not None else None


def folder_gone(spec: TableSpec, what: str) -> StorageError:
    """The error for a table whose metadata file, as the catalog names it, is not there."""
    return StorageError(
        f"{spec.full_name}: its metadata file is missing, so its folder was deleted or "
        f"moved: {what}",
        "Put the folder back from a backup. If there is none: ledgerlake drop "
        f"{spec.name} --force takes the table out of the catalog; then materialize it again.",
    )


def create_table(settings: Settings, spec: TableSpec) -> Table:
    """Create the table from its contract, replacing one that was never published.

    To be called under the table's commit lock. If another host published the table first, it
    is returned as it is.
    """
    catalog = open_catalog(settings)
    # Suppressed: another host, with a lock of its own, was first.
    with catalog_lock(settings), suppress(NamespaceAlreadyExistsError, IntegrityError):
        catalog.create_namespace_if_not_exists(spec.namespace)
    with suppress(TableAlreadyExistsError):
        return _create(catalog, settings, spec)
    existing = catalog.load_table(spec.identifier)
    if existing.metadata.current_snapshot_id is not None:
        return existing
    if isinstance(catalog, LakeSqlCatalog):
        catalog.forget(existing)
    else:
        forget(catalog, existing)
    return _create(catalog, settings, spec)


def _create(catalog: Catalog, settings: Settings, spec: TableSpec) -> Table:
    schema = schema_of(spec)
    kept = {"history.expire.min-snapshots-to-keep": str(settings.snapshots_kept)}
    return catalog.create_table(
        spec.identifier,
        schema=schema,
        location=table_location(settings, spec),
        partition_spec=partition_spec_of(spec, schema),
        properties={**_TABLE_PROPERTIES, COMMENT: spec.doc, **kept},
    )


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
    return is_sqlite(settings)
