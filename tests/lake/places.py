"""Where a lake may be: the lake of one host, or of two; its tables on a disk, or on S3."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from tests.lake.builders import open_lake
from tests.lake.catalog.shared_catalog import lake_on_postgres, leases, locks_held
from tests.lake.storage.object_store.lake_on_s3 import lake_on_s3, objects
from tests.servers.postgres import PostgresDatabase
from tests.servers.s3 import S3Server

PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Place:
    """A lake as two of its users see it; with a catalog in PostgreSQL they are on two hosts.

    `files` are all files of the warehouse, and `leases` the attempts that left one, seen past the
    lake. `wait_until_free` waits until no lock of a dead process is held.
    """

    here: Lake
    there: Lake
    files: Callable[[], set[str]]
    leases: Callable[[], list[str]]
    wait_until_free: Callable[[], None] = lambda: None

    def data_files(self, spec: TableSpec) -> set[str]:
        """Every file of the table's data."""
        folder = f"/{spec.namespace}/{spec.name}/data/"
        return {location for location in self.files() if folder in location}


def file_leases(lake: Lake) -> list[str]:
    """Attempts that left a lease in the lake's home."""
    return [path.stem for path in lake.settings.home.glob("attempts/*/*.json")]


def files_on_disk(lake: Lake) -> set[str]:
    """Every file of the lake's warehouse."""
    files = Path(lake.settings.warehouse_location).rglob("*")
    return {str(path) for path in files if path.is_file()}


def place_on_sqlite(folder: Path) -> Place:
    """The lake of one host."""
    lake = open_lake(folder / "home")
    return Place(lake, lake, lambda: files_on_disk(lake), lambda: file_leases(lake))


def place_on_postgres(database: PostgresDatabase, folder: Path) -> Place:
    """The lake of two hosts."""
    here, there = (lake_on_postgres(database, folder, host) for host in ("here", "there"))
    return Place(
        here,
        there,
        lambda: files_on_disk(here),
        lambda: leases(database),
        lambda: wait_until_no_lock_is_held(database),
    )


def place_on_s3(s3: S3Server, folder: Path) -> Place:
    """The lake of one host, with its tables on S3."""
    lake = lake_on_s3(s3, folder / "home")
    return Place(lake, lake, lambda: objects(s3, lake), lambda: file_leases(lake))


def wait_until_no_lock_is_held(database: PostgresDatabase) -> None:
    """The server needs a moment to notice that a process is dead."""
    end = time.monotonic() + PATIENCE
    while locks_held(database):
        assert time.monotonic() < end
        time.sleep(0.01)
