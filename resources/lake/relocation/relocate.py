"""A whole lake, made right where it is now: one transaction moves all its tables, or none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from pyiceberg.catalog import Catalog
from pyiceberg.io import FileIO
from pyiceberg.serializers import ToOutputFile
from pyiceberg.table.metadata import TableMetadata

from resources.lake.catalog.catalog import open_catalog
from resources.lake.catalog.lake_identity import claim, is_own_lake, may_claim
from resources.lake.catalog.locks.locks import catalog_lock
from resources.lake.catalog.sql_catalog import LakeSqlCatalog
from resources.lake.catalog.table_locations import LakeElsewhere, is_below, require_in_place
from resources.lake.relocation.table_rewrite import Move, TableRewrite, read_moved, table_folder
from resources.lake.storage.object_store import file_io
from resources.settings import Settings

OnTable = Callable[[str], None]


@dataclass(frozen=True)
class RelocatedTable:
    """What became of one table, or with a dry run would.

    `source` and `target` are its folder as the metadata named it, and as it is. They are equal,
    and the counts are zero, for a table that was right already.
    """

    table: str
    source: str
    target: str
    snapshots: int = 0
    manifests: int = 0
    delete_files: int = 0

    @property
    def moved(self) -> bool:
        """Whether the table was not right."""
        return self.source != self.target


def relocate(
    settings: Settings, dry_run: bool = False, on_table: OnTable | None = None
) -> list[RelocatedTable]:
    """Make the catalog name the files of every table where they are: below the warehouse.

    The files must be there, all of them, with their paths below the warehouse as they were. What
    the catalog named before is not touched.

    A catalog that is a service is not written to: its tables are looked at, and if all are in place
    the warehouse is made this catalog's.

    Raises:
        LakeElsewhere: If a table of a service is elsewhere; its own tools relocate it.
        LakeElsewhere: If the warehouse is another catalog's.
        StorageError: If a file is not there; nothing is changed.
    """
    catalog = open_catalog(settings)
    io = file_io(settings)
    with catalog_lock(settings):
        if not may_claim(settings):
            raise LakeElsewhere(
                f"The files in {settings.warehouse_location} are those of another catalog: this "
                "one is a copy of it, or it was moved",
                "Copy the files too, and set LEDGERLAKE_WAREHOUSE to the copy; or, if the other "
                "catalog is gone for good, run `ledgerlake relocate --take-over`.",
            )
        if not isinstance(catalog, LakeSqlCatalog):
            return _looked_at(settings, catalog, dry_run)
        tables: list[RelocatedTable] = []
        changes: dict[tuple[str, str], tuple[str, TableMetadata]] = {}
        for identifier, current in sorted(catalog.metadata_locations().items()):
            name = ".".join(identifier)
            if on_table:
                on_table(name)
            source = table_folder(current)
            if is_below(source, settings.warehouse_location):
                tables.append(RelocatedTable(name, source, source))
                continue
            root = settings.warehouse_location.rstrip("/")
            move = Move(name, source, "/".join((root, *identifier)))
            rewrite = TableRewrite(move, read_moved(move, current, io), io)
            written = rewrite.size() if dry_run else rewrite.write(current)
            changes[identifier] = (current, written.metadata)
            counts = (written.snapshots, written.manifests, written.delete_files)
            tables.append(RelocatedTable(name, move.old, move.new, *counts))
        if not dry_run:
            if not is_own_lake(settings):
                claim(settings, str(uuid.uuid4()))
            catalog.move_all({name: _written(*each, io) for name, each in changes.items()})
    return tables


def _looked_at(settings: Settings, catalog: Catalog, dry_run: bool) -> list[RelocatedTable]:
    """The tables of a service, all of them in place."""
    tables: list[RelocatedTable] = []
    for namespace in catalog.list_namespaces():
        for identifier in catalog.list_tables(namespace):
            name, location = ".".join(identifier), catalog.load_table(identifier).location()
            require_in_place(settings, name, location)
            tables.append(RelocatedTable(name, location, location))
    if not dry_run and not is_own_lake(settings):
        claim(settings, str(uuid.uuid4()))
    return tables


def _written(current: str, metadata: TableMetadata, io: FileIO) -> tuple[str, str]:
    """Write the metadata file that takes the place of the current one; the locations of both."""
    location = f"{metadata.location}/metadata/{_next_name(current)}"
    ToOutputFile.table_metadata(metadata, io.new_output(location))
    return current, location


def _next_name(metadata_location: str) -> str:
    """As pyiceberg names them: a number that grows, and an id."""
    number = metadata_location.rsplit("/", 1)[-1].split("-", 1)[0]
    following = int(number) + 1 if number.isdigit() else 0
    return f"{following:05d}-{uuid.uuid4()}.metadata.json"
