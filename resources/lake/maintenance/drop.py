"""Dropping a table: it leaves the catalog first, then its files go."""

from __future__ import annotations

from contextlib import suppress

from pyiceberg.exceptions import NoSuchTableError

from resources.lake.catalog.catalog import open_catalog, table_location
from resources.lake.catalog.locks.locks import commit_lock
from resources.lake.model.table_spec import TableSpec
from resources.lake.storage.object_store import file_io
from resources.lake.storage.table_files import delete_folder, list_files
from resources.settings import Settings


def files_of(settings: Settings, spec: TableSpec) -> tuple[int, int]:
    """Number and bytes of the files in the table's folder."""
    sizes = [file.bytes for file in list_files(table_location(settings, spec), file_io(settings))]
    return len(sizes), sum(sizes)


def drop_table(settings: Settings, spec: TableSpec) -> None:
    """Take the table out of the catalog, and delete its folder with every file in it.

    Killed in between, it leaves files that nothing refers to: dropping again deletes them. A run
    that publishes to the table meanwhile comes before or after, never in between.
    """
    with commit_lock(settings, spec):
        with suppress(NoSuchTableError):
            open_catalog(settings).drop_table(spec.identifier)
        delete_folder(table_location(settings, spec), file_io(settings))
