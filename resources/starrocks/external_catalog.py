"""The lake's catalog as StarRocks is told of it: the same database or service, the same files.

Properties are those of StarRocks' Iceberg catalogs. What StarRocks would take without a word, and
then show nothing or fail at the first query, is refused here.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy.engine import URL

from resources.engines.s3 import s3_access
from resources.errors import SettingsError
from resources.lake.catalogs.database import database_url
from resources.lake.catalogs.service_catalog import service_properties
from resources.settings import Settings
from resources.starrocks.literals import NamedSecret, Value
from resources.starrocks.names import DEFAULT_CATALOG, checked_catalog

Properties = Mapping[str, Value]

_PASSWORD = "LEDGERLAKE_CATALOG_PASSWORD"
_POSTGRESQL_PORT = 5432
_READABLE = ("s3", "hdfs")


def catalog_properties(settings: Settings) -> Properties:
    """What CREATE EXTERNAL CATALOG is given, for the configured kind and storage.

    Raises:
        SettingsError: If StarRocks cannot read a lake with these settings.
    """
    _check_name(settings.catalog_name)
    _check_warehouse(settings)
    kinds = {"sql": _jdbc, "rest": _rest, "hive": _hive, "hadoop": _hadoop}
    return {"type": "iceberg"} | kinds[settings.catalog_kind](settings) | _s3(settings)


def _check_name(name: str) -> None:
    if checked_catalog(name) == DEFAULT_CATALOG:
        raise SettingsError(
            f"{name} is the name of StarRocks' own catalog",
            "Give the lake's catalog another name: LEDGERLAKE_CATALOG_NAME.",
        )


def _check_warehouse(settings: Settings) -> None:
    location = settings.warehouse_location
    if urlsplit(location).scheme not in _READABLE:
        raise SettingsError(
            f"StarRocks cannot read the tables' files in {location}: it is a folder of this host",
            "Keep the warehouse in an object store: set LEDGERLAKE_WAREHOUSE to s3://bucket/path, "
            "and publish the tables there.",
        )


def _jdbc(settings: Settings) -> dict[str, Value]:
    """Java's JdbcCatalog reads the tables of pyiceberg's SQL catalog, by the catalog's name."""
    url = database_url(settings)
    if url.get_backend_name() != "postgresql":
        raise SettingsError(
            f"StarRocks cannot read a catalog in {url.get_backend_name()}",
            "Keep the catalog in PostgreSQL: set LEDGERLAKE_CATALOG_URI to "
            "postgresql+psycopg2://user@host:5432/database.",
        )
    if not url.host or not url.database or not url.username:
        raise SettingsError(
            "LEDGERLAKE_CATALOG_URI does not say host, database and user",
            "StarRocks connects by itself: write postgresql+psycopg2://user@host:5432/database.",
        )
    return {
        "iceberg.catalog.type": "jdbc",
        "iceberg.catalog.uri": _jdbc_uri(url),
        "iceberg.catalog.warehouse": settings.warehouse_location,
        "iceberg.catalog.jdbc.user": url.username,
        "iceberg.catalog.jdbc.password": _catalog_password(settings),
    }


def _jdbc_uri(url: URL) -> str:
    """The same database for Java. Of the options only `sslmode`, which means the same there."""
    host = f"[{url.host}]" if ":" in str(url.host) else url.host
    mode = url.query.get("sslmode")
    options = f"?sslmode={mode}" if isinstance(mode, str) else ""
    return f"jdbc:postgresql://{host}:{url.port or _POSTGRESQL_PORT}/{url.database}{options}"


def _rest(settings: Settings) -> dict[str, Value]:
    properties: dict[str, Value] = {
        "iceberg.catalog.type": "rest",
        "iceberg.catalog.uri": service_properties(settings)["uri"],
        "iceberg.catalog.warehouse": settings.catalog_warehouse or settings.warehouse_location,
        # The lake's own key is used. With keys of the service's making StarRocks would cache no
        # tables, and ask the service at each query.
        "iceberg.catalog.vended-credentials-enabled": "false",
    }
    if settings.catalog_password is not None:
        properties["iceberg.catalog.security"] = "oauth2"
        properties["iceberg.catalog.oauth2.token"] = _catalog_password(settings)
    return properties


def _hive(settings: Settings) -> dict[str, Value]:
    return {
        "iceberg.catalog.type": "hive",
        "hive.metastore.uris": service_properties(settings)["uri"],
    }


def _hadoop(settings: Settings) -> dict[str, Value]:
    return {
        "iceberg.catalog.type": "hadoop",
        "iceberg.catalog.warehouse": settings.warehouse_location,
    }


def _catalog_password(settings: Settings) -> NamedSecret:
    if settings.catalog_password is None:
        raise SettingsError(
            "StarRocks needs the password of the catalog's database",
            f"Set {_PASSWORD}; leave it out of LEDGERLAKE_CATALOG_URI.",
        )
    return NamedSecret(settings.catalog_password, _PASSWORD)


def _s3(settings: Settings) -> dict[str, Value]:
    if urlsplit(settings.warehouse_location).scheme != "s3":
        return {}
    access = s3_access(settings)
    assert access is not None
    properties: dict[str, Value] = {
        "aws.s3.region": access.region,
        "aws.s3.access_key": access.key_id,
        "aws.s3.secret_key": NamedSecret(access.secret, "LEDGERLAKE_S3_SECRET_ACCESS_KEY"),
        "aws.s3.enable_path_style_access": str(access.path_style).lower(),
    }
    if access.endpoint is not None:
        properties["aws.s3.endpoint"] = access.endpoint
        properties["aws.s3.enable_ssl"] = str(access.endpoint.startswith("https:")).lower()
    return properties
