"""The place of a lake: its tables lie below its own warehouse, or nothing is done with them.

Metadata of Iceberg names every file by its whole location. The catalog of a lake that was copied
still names the files of the original, that of a lake that was moved names files that are gone.
"""

from __future__ import annotations

import os
from pathlib import Path

from resources.errors import LedgerlakeError
from resources.lake.storage.table_files import is_local, local_path
from resources.settings import Settings

_OF_A_SERVICE = (
    "Set LEDGERLAKE_WAREHOUSE to where the tables of this catalog are. If what is here is to be a "
    "lake of its own: give it a catalog of its own (LEDGERLAKE_CATALOG_URI), register each table "
    "there with the service's tools at metadata that names the files here, and run `ledgerlake "
    "relocate`."
)


class LakeElsewhere(LedgerlakeError):
    """Catalog and files are not of one lake, or do not lie where this lake is."""


def require_in_place(settings: Settings, table: str, location: str) -> None:
    """Refuse a table whose files lie outside the lake's warehouse.

    `location` is a file or folder of the table as the catalog or the metadata names it.

    Raises:
        LakeElsewhere: If it is not below the warehouse.
    """
    if is_below(location, settings.warehouse_location):
        return
    raise LakeElsewhere(
        f"{table}: the catalog says that its files are in {location}, which is outside this "
        f"lake's warehouse {settings.warehouse_location}: the lake was copied, or moved. "
        "Nothing was read and nothing was changed",
        _OF_A_SERVICE
        if settings.catalog_kind != "sql"
        else "To make what is here a lake of its own, run `ledgerlake relocate --dry-run`, then "
        "`ledgerlake relocate`; or set LEDGERLAKE_HOME and LEDGERLAKE_WAREHOUSE to where it was.",
    )


def is_below(location: str, warehouse: str) -> bool:
    """Whether the location is below the warehouse, also through links and mounts."""
    root = warehouse.rstrip("/")
    if location.startswith(f"{root}/"):
        return True
    if not (is_local(location) and is_local(warehouse)):
        return False
    path, folder = local_path(location), local_path(warehouse)
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        return True
    # The same disk may be mounted at several places.
    return folder.exists() and any(each.exists() and each.samefile(folder) for each in path.parents)
