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
from resources.lake.catalog.locks.commit_lock import catalog_lock
from resources.lake.catalog.sql_catalog import LakeSqlCatalog
from resources.lake.catalog.table_locations import LakeElsewhere, is_below, require_in_place
from resources.lake.relocation.paths import Move, table_folder
from resources.lake.relocation.table_rewrite import Rewritten, TableRewrite, read_moved
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


@dataclass(frozen=True)
class _Found:
    """A table of the catalog and the metadata file that is current, as the catalog names it."""

    namespace: str
    name: str
    metadata_location: str

    @property
    def table(self) -> str:
        return f"{self.namespace}.{self.name}"


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
        changes: list[tuple[_Found, Move, TableMetadata]] = []
        for (namespace, name), location in sorted(catalog.metadata_locations().items()):
            found = _Found(namespace, name, location)
            if on_table:
                on_table(found.table)
            source = table_folder(found.metadata_location)
            if is_below(source, settings.warehouse_location):
                tables.append(RelocatedTable(found.table, source, source))
                continue
            root = settings.warehouse_location.rstrip("/")
            move = Move(found.table, source, f"{root}/{found.namespace}/{found.name}")
            metadata = read_moved(found.table, found.metadata_location, move.new, io)
            rewrite = TableRewrite(move, metadata, io)
            written = rewrite.size() if dry_run else rewrite.write(found.metadata_location)
            changes.append((found, move, written.metadata))
            tables.append(_relocated(move, written))
        if not dry_run:
            if not is_own_lake(settings):
                claim(settings, str(uuid.uuid4()))
            _commit(catalog, changes, io)
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


def _relocated(move: Move, written: Rewritten) -> RelocatedTable:
    counts = (written.snapshots, written.manifests, written.delete_files)
    return RelocatedTable(move.table, move.old, move.new, *counts)


def _commit(
    catalog: LakeSqlCatalog, changes: list[tuple[_Found, Move, TableMetadata]], io: FileIO
) -> None:
    moves: dict[tuple[str, str], tuple[str, str]] = {}
    for found, move, metadata in changes:
        location = f"{move.new}/metadata/{_next_name(found.metadata_location)}"
        ToOutputFile.table_metadata(metadata, io.new_output(location))
        moves[found.namespace, found.name] = (found.metadata_location, location)
    catalog.move_all(moves)


def _next_name(metadata_location: str) -> str:
    """As pyiceberg names them: a number that grows, and an id."""
    number = metadata_location.rsplit("/", 1)[-1].split("-", 1)[0]
    following = int(number) + 1 if number.isdigit() else 0
    return f"{following:05d}-{uuid.uuid4()}.metadata.json"
