"""External catalogs: what they were created with, and what each front end has cached of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pyiceberg.exceptions import NoSuchTableError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from resources.errors import LedgerlakeError
from resources.lake.catalog.catalog import list_tables, open_catalog
from resources.settings import Settings
from tests.starrocks_stand_in.cluster.lake_tables import CachedTable
from tests.starrocks_stand_in.errors import SqlError, refused
from tests.starrocks_stand_in.names import Address

_KINDS = {"sql": "jdbc", "rest": "rest", "hive": "hive"}


@dataclass
class ExternalCatalog:
    """A catalog as CREATE EXTERNAL CATALOG left it. Only its database was tried then."""

    name: str
    properties: Mapping[str, str]
    is_the_lakes_own: bool = False


@dataclass
class _Cached:
    table: CachedTable
    loaded_at: float = field(default_factory=time.monotonic)
    due_at: float | None = None
    """When a refresh that was told to be late shows."""


class TableCache:
    """Each front end's tables. What one has read stays as it was until REFRESH.

    Args:
        settings: Of the lake that the catalogs show.
        front_ends: How many there are.
        reload_seconds: From 3.5.7 a front end reloads a table 60 s after it was loaded, at the
            first read after it, which still gets the old one. None: never, so that a lost refresh
            is seen.
    """

    def __init__(self, settings: Settings, front_ends: int, reload_seconds: float | None) -> None:
        self._settings = settings
        self._reload_seconds = reload_seconds
        self._lock = threading.RLock()
        self._cached: list[dict[Address, _Cached]] = [{} for _ in range(front_ends)]

    def databases(self, catalog: ExternalCatalog) -> list[str]:
        """The names of the catalog's databases; of a catalog that cannot be reached, an error."""
        check_reachable(catalog, self._settings)
        if not self._names_the_lake(catalog):
            return []
        found = open_catalog(_as_reader(catalog, self._settings)).list_namespaces()
        # Nested namespaces are not seen through a JDBC catalog.
        return sorted({namespace[0] for namespace in found})

    def tables(self, catalog: ExternalCatalog) -> list[tuple[str, str]]:
        """(database, table) of every table that the catalog's name finds."""
        check_reachable(catalog, self._settings)
        if not self._names_the_lake(catalog):
            return []
        return list_tables(_as_reader(catalog, self._settings))

    def is_there(self, catalog: ExternalCatalog, address: Address) -> bool:
        """Whether the lake has the table, whatever is cached."""
        if not self._names_the_lake(catalog):
            return False
        return open_catalog(_as_reader(catalog, self._settings)).table_exists(address[1:])

    def read(
        self, front_end: int, catalog: ExternalCatalog, address: Address
    ) -> CachedTable | None:
        """The table as this front end sees it; None if it sees none. Reading caches it."""
        with self._lock:
            cached = self._cached[front_end].get(address)
            if cached is None:
                return self._load(front_end, catalog, address)
            now = time.monotonic()
            if cached.due_at is not None and now >= cached.due_at:
                return self._load(front_end, catalog, address)
            if self._reload_seconds is not None and now - cached.loaded_at >= self._reload_seconds:
                self._load(front_end, catalog, address)
            return cached.table

    def refresh(self, front_end: int, catalog: ExternalCatalog, address: Address) -> bool:
        """Look again. False if there is no such table, and none was cached."""
        with self._lock:
            was_cached = address in self._cached[front_end]
            try:
                # Of a table that has been dropped the first one still answers OK.
                return self._load(front_end, catalog, address) is not None or was_cached
            except (LedgerlakeError, OSError, SQLAlchemyError, SqlError):
                # StarRocks logs it, drops what it had, and answers OK.
                if not was_cached:
                    raise
                del self._cached[front_end][address]
                return True

    def refresh_later(self, front_end: int, address: Address, seconds: float) -> None:
        """Look again, but not before `seconds` have passed."""
        with self._lock:
            cached = self._cached[front_end].get(address)
            if cached is not None:
                cached.due_at = time.monotonic() + seconds

    def forget(self, front_end: int | None = None, catalog: str | None = None) -> None:
        """Drop what a front end, or a catalog, has cached: it was started, or created, anew."""
        with self._lock:
            for number, cached in enumerate(self._cached):
                if front_end in (None, number):
                    for address in [each for each in cached if catalog in (None, each[0])]:
                        del cached[address]

    def _load(
        self, front_end: int, catalog: ExternalCatalog, address: Address
    ) -> CachedTable | None:
        check_reachable(catalog, self._settings)
        try:
            if not self._names_the_lake(catalog):
                raise NoSuchTableError
            table = open_catalog(_as_reader(catalog, self._settings)).load_table(address[1:])
        except NoSuchTableError:
            self._cached[front_end].pop(address, None)
            return None
        loaded = CachedTable(table, self._settings.time_zone)
        self._cached[front_end][address] = _Cached(loaded)
        return loaded

    def _names_the_lake(self, catalog: ExternalCatalog) -> bool:
        # A JDBC catalog's rows are keyed by its name: another name finds none, without an error.
        kind = catalog.properties.get("iceberg.catalog.type", "jdbc")
        return kind != "jdbc" or catalog.name == self._settings.catalog_name


def _as_reader(catalog: ExternalCatalog, settings: Settings) -> Settings:
    """The lake with the role and the key that the catalog was given."""
    return settings if catalog.is_the_lakes_own else settings.of_starrocks()


def check_database(name: str, properties: Mapping[str, str], settings: Settings) -> None:
    """Raise what CREATE EXTERNAL CATALOG raises if the database does not let StarRocks in."""
    wrong = _wrong_property(properties, settings)
    if properties.get("iceberg.catalog.type") != "jdbc" or not wrong or "aws.s3" in wrong:
        return
    uri = properties.get("iceberg.catalog.uri", "")
    raise refused(
        f"connector create failed {{Failed to init connector [type: iceberg, name: {name}]. "
        f"msg: Failed to connect: {uri}}}"
    )


def check_reachable(catalog: ExternalCatalog, settings: Settings) -> None:
    """Raise what the first use of a catalog with wrong properties raises."""
    if catalog.is_the_lakes_own:
        return
    wrong = _wrong_property(catalog.properties, settings)
    if wrong is not None:
        raise _unreachable(catalog.name, wrong)


def _unreachable(name: str, wrong: str) -> SqlError:
    return refused(
        f"Failed to list all databases in catalog {name}: "
        f"com.starrocks.connector.exception.StarRocksConnectorException: {wrong}"
    )


def _wrong_property(properties: Mapping[str, str], settings: Settings) -> str | None:
    """The first property that does not lead to the lake."""
    kind = properties.get("iceberg.catalog.type", "")
    if kind != _KINDS[settings.catalog_kind]:
        return f"iceberg.catalog.type {kind!r} leads nowhere"
    expected = _expected(kind, settings)
    for name, value in expected.items():
        if value is not None and properties.get(name, "").rstrip("/") != value.rstrip("/"):
            # Never the value itself: it may be a password.
            return f"connection refused or access denied: {name}"
    return None


def _expected(kind: str, settings: Settings) -> dict[str, str | None]:
    password = settings.starrocks_catalog_password
    expected: dict[str, str | None] = {}
    if kind == "jdbc":
        url = make_url(settings.catalog_location)
        where = f"//{url.host}:{url.port or 5432}/" if url.host else ""
        expected = {
            "iceberg.catalog.uri": f"jdbc:{url.get_backend_name()}:{where}{url.database}",
            "iceberg.catalog.warehouse": settings.warehouse_location,
            "iceberg.catalog.jdbc.user": settings.starrocks_catalog_user if url.host else None,
            "iceberg.catalog.jdbc.password": password.get_secret_value() if password else None,
        }
    elif kind == "rest":
        expected = {"iceberg.catalog.uri": settings.catalog_uri}
    else:
        expected = {"hive.metastore.uris": settings.catalog_uri}
    if urlsplit(settings.warehouse_location).scheme == "s3":
        secret = settings.starrocks_s3_secret_access_key
        expected |= {
            "aws.s3.endpoint": settings.s3_endpoint,
            "aws.s3.access_key": settings.starrocks_s3_access_key_id,
            "aws.s3.secret_key": secret.get_secret_value() if secret else None,
        }
    return expected
