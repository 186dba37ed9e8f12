"""The identity of a lake: catalog and files say of each other that they belong together.

The catalog's database holds the lake's id. A file at the root of the warehouse holds it too, and
names that database. A second catalog over the same files, a copy of the first or a new one by
mistake, is therefore refused: its maintenance would delete files that the first refers to.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from resources.lake.catalog.catalog import SettingsKey
from resources.lake.catalog.locks.catalog_engine import database_engine, database_url, is_sqlite
from resources.lake.catalog.locks.locks import catalog_lock
from resources.lake.catalog.table_locations import LakeElsewhere, is_below
from resources.lake.storage.object_store import file_io
from resources.lake.storage.table_files import read_text, write_text
from resources.settings import Settings

IDENTITY_FILE = "ledgerlake.json"

_LAKES = Table(
    "ledgerlake_lake",
    MetaData(),
    Column("catalog_name", String(255), primary_key=True),
    Column("lake_id", String(36), nullable=False),
)


@dataclass(frozen=True)
class Identity:
    """What the warehouse says of itself: its lake, where it is, and what its catalog is known by.

    In a copy of the files it says where the original is.
    """

    lake_id: str
    warehouse: str
    catalog: tuple[str, ...]


class _Service:
    """A catalog that is a service (REST, Hive): it keeps no id and is known by its address."""

    def __init__(self, settings: Settings) -> None:
        where = f"{settings.catalog_uri} {settings.catalog_warehouse}"
        self.address = f"{settings.catalog_kind} {where}"

    def names(self) -> tuple[str, ...]:
        return (self.address,)

    def lake_id(self) -> str | None:
        return None

    def is_of(self, lake_id: str) -> bool:  # noqa: ARG002 - a service does not say
        return True

    def store(self, lake_id: str) -> None:
        """Nothing: there is no place for it."""


class _Database:
    """A catalog in a database, in which the lake's id is kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = database_url(settings)
        self.address = self._url.render_as_string(hide_password=True)

    def names(self) -> tuple[str, ...]:
        """Its address, and a number that no copy of it has.

        One of them may change: a volume is mounted elsewhere, a backup is restored to the old
        place.
        """
        if is_sqlite(self._settings):
            path = Path(self._url.database or "")
            number = [f"file {path.stat().st_ino}"] if path.exists() else []
            return (f"sqlite {path.resolve()}", *number)
        url = self._url
        return (f"postgresql {url.host}:{url.port or 5432}/{url.database}", *self._number())

    def _number(self) -> tuple[str, ...]:
        question = (
            "SELECT system_identifier, (SELECT oid FROM pg_database "
            "WHERE datname = current_database()) FROM pg_control_system()"
        )
        try:
            with database_engine(self._settings).connect() as connection:
                server, database = connection.execute(text(question)).one()
        except DBAPIError:
            return ()  # not every role may ask
        return (f"database {server}/{database}",)

    def lake_id(self) -> str | None:
        engine = database_engine(self._settings)
        if not inspect(engine).has_table(_LAKES.name):
            return None
        with engine.connect() as connection:
            mine = _LAKES.c.catalog_name == self._settings.catalog_name
            return connection.scalar(select(_LAKES.c.lake_id).where(mine))

    def is_of(self, lake_id: str) -> bool:
        return self.lake_id() == lake_id

    def store(self, lake_id: str) -> None:
        engine, name = database_engine(self._settings), self._settings.catalog_name
        _LAKES.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(delete(_LAKES).where(_LAKES.c.catalog_name == name))
            connection.execute(insert(_LAKES).values(catalog_name=name, lake_id=lake_id))


def _catalog_of(settings: Settings) -> _Service | _Database:
    return _Database(settings) if settings.catalog_kind == "sql" else _Service(settings)


def require_own_lake(settings: Settings) -> None:
    """Refuse a catalog and a warehouse that are not of one lake. Checked once a process.

    Where neither knows a lake yet, a new id is written to both.

    Raises:
        LakeElsewhere: If the warehouse has another catalog than this one.
    """
    catalog = (_catalog_of(settings).address, settings.catalog_name)
    warehouse = (settings.warehouse_location, settings.s3_endpoint)
    _require_own_lake(SettingsKey((*catalog, *warehouse), settings))


@lru_cache(maxsize=64)
def _require_own_lake(once: SettingsKey) -> None:
    settings = once.settings
    with catalog_lock(settings):
        catalog, stored = _catalog_of(settings), _stored(settings)
        if stored is None:
            claim(settings, catalog.lake_id() or str(uuid.uuid4()))
            return
        own = catalog.names()
        if not _is_here(stored, settings):
            raise LakeElsewhere(
                f"The files in {settings.warehouse_location} are a copy of those in "
                f"{stored.warehouse}, or were moved from there. Nothing was changed",
                "Run `ledgerlake relocate`, which makes this a lake of its own.",
            )
        if not _has_catalog(stored, catalog):
            raise LakeElsewhere(
                f"The warehouse {settings.warehouse_location} belongs to another catalog, "
                f"{stored.catalog[0]}, and this one is {own[0]}: one is a copy of the other, or "
                "the settings are those of two lakes. Nothing was changed",
                "Set LEDGERLAKE_CATALOG_URI, LEDGERLAKE_HOME and LEDGERLAKE_WAREHOUSE to those of "
                "one lake. If the other catalog is gone for good, run `ledgerlake relocate "
                "--take-over` with this one: the other is refused from then on.",
            )
        if set(own) != set(stored.catalog):
            _store(settings, Identity(stored.lake_id, settings.warehouse_location, own))


def claim(settings: Settings, lake_id: str) -> None:
    """Write the id into catalog and warehouse; to be called under the catalog's lock."""
    catalog = _catalog_of(settings)
    catalog.store(lake_id)
    _store(settings, Identity(lake_id, settings.warehouse_location, catalog.names()))
    _require_own_lake.cache_clear()


def take_over(settings: Settings) -> str:
    """Make the warehouse this catalog's, under a new id, which is returned."""
    lake_id = str(uuid.uuid4())
    with catalog_lock(settings):
        claim(settings, lake_id)
    return lake_id


def is_own_lake(settings: Settings, if_unclaimed: bool = False) -> bool:
    """Whether catalog and warehouse are of one lake; nothing is written."""
    stored = _stored(settings)
    if stored is None or not _is_here(stored, settings):
        return if_unclaimed
    return _has_catalog(stored, _catalog_of(settings))


def may_claim(settings: Settings) -> bool:
    """Whether no other catalog has these files: nobody has them, or they are a copy."""
    return is_own_lake(settings, if_unclaimed=True)


def _is_here(stored: Identity, settings: Settings) -> bool:
    """Whether the warehouse is at the location that its identity file records."""
    return is_below(_file(stored.warehouse), settings.warehouse_location)


def _has_catalog(stored: Identity, catalog: _Service | _Database) -> bool:
    return catalog.is_of(stored.lake_id) and not set(catalog.names()).isdisjoint(stored.catalog)


def _file(warehouse: str) -> str:
    return f"{warehouse.rstrip('/')}/{IDENTITY_FILE}"


def _stored(settings: Settings) -> Identity | None:
    """What the warehouse says; None if it says nothing."""
    file = _file(settings.warehouse_location)
    try:
        read: Any = json.loads(read_text(file, file_io(settings)))
        return Identity(str(read["lake"]), str(read["warehouse"]), tuple(map(str, read["catalog"])))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise LakeElsewhere(
            f"{file}, which says whose files these are, cannot be read: {error}",
            "Run `ledgerlake relocate --take-over` if they are this lake's.",
        ) from error


def _store(settings: Settings, identity: Identity) -> None:
    names = list(identity.catalog)
    written = {"lake": identity.lake_id, "warehouse": identity.warehouse, "catalog": names}
    file = _file(settings.warehouse_location)
    write_text(file, json.dumps(written, indent=1), file_io(settings))
