"""The lake for commands that only read: nothing is created, and little is imported.

A catalog in SQLite, with its tables on a local disk, is read with the standard library alone;
pyiceberg is imported only to plan a table's files. Other catalogs are read as `Lake` does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from resources.errors import LakeMissing
from resources.lake.catalog.table_locations import require_in_place
from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from resources.lake.read.table_metadata import TableMetadata
from resources.lake.read.table_snapshot import TableSnapshot, snapshot_of_metadata
from resources.lake.storage.storage_errors import storage_errors

if TYPE_CHECKING:
    from pyiceberg.table import Table

    from resources.lake.read.relation import Relation
    from resources.settings import Settings

_BUSY_SECONDS = 60


class ReadOnlyLake(Lake):
    """An existing lake: all its tables as the catalog named them when it was first read."""

    def __init__(self, settings: Settings) -> None:
        """Raises LakeMissing if there is no lake at the place that the settings name."""
        super().__init__(settings)
        if self._is_own_file and not self._database.exists():
            raise LakeMissing(
                f"no lake here: {settings.home} has no catalog",
                "Go to the folder whose .ledgerlake is the lake, or set LEDGERLAKE_HOME to it. To "
                "make one: ledgerlake demo, or ledgerlake materialize with LEDGERLAKE_FIRST_DATE "
                "set to the first business date.",
            )

    def snapshot(self, spec: TableSpec) -> TableSnapshot:
        """The table as it was when the catalog was first read.

        Raises:
            StorageError: If its metadata file is missing.
        """
        files = self._metadata_files
        if files is None:
            return super().snapshot(spec)
        file = files.get(spec.identifier)
        if file is None:
            return TableSnapshot(spec, None, {}, None)
        require_in_place(self.settings, spec.full_name, file)
        with storage_errors(spec):
            text = self._text(spec, file)
        metadata = TableMetadata.parsed(file, text)
        if metadata.snapshot_id is None:
            return TableSnapshot(spec, None, {}, None)
        return snapshot_of_metadata(spec, metadata, partial(self._opened, spec, metadata, text))

    def relation(self, snapshot: TableSnapshot, partitions: Mapping[date, date] | None) -> Relation:
        """A SELECT of the snapshot's columns, and the files that it opens."""
        if snapshot.metadata is None:
            return super().relation(snapshot, partitions)
        from resources.lake.read.relation_cache import kept_relation

        with storage_errors(snapshot.spec):
            return kept_relation(snapshot, partitions)

    def tables(self) -> list[tuple[str, str]]:
        """(namespace, name) of every table, sorted."""
        return super().tables() if self._metadata_files is None else sorted(self._metadata_files)

    @property
    def _database(self) -> Path:
        return self.settings.home / "catalog.db"

    @property
    def _is_own_file(self) -> bool:
        return self.settings.catalog_kind == "sql" and self.settings.catalog_uri is None

    @cached_property
    def _metadata_files(self) -> Mapping[tuple[str, str], str] | None:
        """(namespace, name) -> metadata file; None: `Lake` has to read the catalog."""
        if not self._is_own_file:
            return None
        address = f"file:{quote(str(self._database))}?mode=ro"
        try:
            with closing(sqlite3.connect(address, timeout=_BUSY_SECONDS, uri=True)) as connection:
                rows: list[tuple[str, str, str]] = connection.execute(
                    "SELECT table_namespace, table_name, metadata_location FROM iceberg_tables "
                    "WHERE catalog_name = ?",
                    [self.settings.catalog_name],
                ).fetchall()
        except sqlite3.Error:
            return None
        files = {(namespace, name): file for namespace, name, file in rows}
        return files if all("://" not in file for file in files.values()) else None

    def _text(self, spec: TableSpec, file: str) -> str:
        try:
            return Path(file).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            from resources.lake.catalog.catalog import folder_gone

            raise folder_gone(spec, file) from error

    def _opened(self, spec: TableSpec, metadata: TableMetadata, text: str) -> Table:
        from pyiceberg.catalog.noop import NoopCatalog
        from pyiceberg.table import Table
        from pyiceberg.table.metadata import TableMetadataUtil

        from resources.lake.storage.read_only_files import LocalFiles

        return Table(
            identifier=spec.identifier,
            metadata=TableMetadataUtil.parse_raw(text),
            metadata_location=metadata.file,
            io=LocalFiles(),
            catalog=NoopCatalog(self.settings.catalog_name),
        )
