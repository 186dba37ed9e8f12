"""The properties of StarRocks' external catalog: the lake's own catalog and files.

Settings that StarRocks would accept, and then show nothing or fail at the first query, are refused
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr
from pyiceberg.exceptions import RESTError
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from resources.duckdb.s3 import s3_access
from resources.errors import SettingsError, StorageError, said_by
from resources.identifiers import checked_identifier
from resources.lake.catalog.catalog import open_catalog
from resources.lake.catalog.locks.catalog_engine import database_url
from resources.lake.catalog.service_catalog import service_properties
from resources.settings import Settings
from resources.starrocks.client.literals import NamedSecret, Value
from resources.starrocks.client.names import DEFAULT_CATALOG, checked_catalog

Properties = Mapping[str, Value]

_USER = "LEDGERLAKE_STARROCKS_CATALOG_USER"
_PASSWORD = "LEDGERLAKE_STARROCKS_CATALOG_PASSWORD"
_KEY = "LEDGERLAKE_STARROCKS_S3_ACCESS_KEY_ID"
_SECRET = "LEDGERLAKE_STARROCKS_S3_SECRET_ACCESS_KEY"
_POSTGRESQL_PORT = 5432
_READABLE = ("s3", "hdfs")


def catalog_properties(settings: Settings) -> Properties:
    """The properties of CREATE EXTERNAL CATALOG for the configured catalog and storage.

    Raises:
        SettingsError: If StarRocks cannot read a lake with these settings.
    """
    _check_places(settings)
    kinds = {"sql": _jdbc, "rest": _rest, "hive": _hive}
    properties = {"type": "iceberg"} | kinds[settings.catalog_kind](settings) | _s3(settings)
    _check_values(properties)
    return properties


def lake_databases(settings: Settings) -> set[str]:
    """The names of the lake's namespaces; none before the first publish.

    Opening the catalog creates its tables, if it has none yet: StarRocks does not.

    Raises:
        SettingsError: If one is nested: StarRocks would silently leave it out.
        StorageError: If the catalog cannot be reached.
    """
    try:
        catalog = open_catalog(settings)
        outer = [tuple(each) for each in catalog.list_namespaces()]
        inner = [tuple(each) for name in outer for each in catalog.list_namespaces(name)]
    except (SQLAlchemyError, RESTError, OSError) as error:
        raise StorageError(
            f"The lake's catalog cannot be read: {said_by(error)[:300]}",
            "See that its database or service runs, and LEDGERLAKE_CATALOG_URI and _PASSWORD.",
        ) from error
    nested = sorted(".".join(each) for each in outer + inner if len(each) > 1)
    if nested:
        raise SettingsError(
            f"The lake's catalog has the namespace {nested[0]}, which lies inside another: "
            "StarRocks does not show its tables, and says nothing",
            "Move its tables to a namespace of one name, and drop it.",
        )
    return {name for (name,) in outer}


def is_jdbc(settings: Settings) -> bool:
    """Whether StarRocks reaches the catalog through a database, with a role of its own."""
    return settings.catalog_kind == "sql"


def has_key(settings: Settings) -> bool:
    """Whether StarRocks reaches the files with a key of its own."""
    return urlsplit(settings.warehouse_location).scheme == "s3"


def _check_values(properties: Properties) -> None:
    """Refuse a backslash: SHOW CREATE CATALOG does not escape it.

    The next setup would read back another password or property than it has sent.
    """
    for name, value in properties.items():
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        if "\\" in text:
            setting = value.setting if isinstance(value, NamedSecret) else f"the property {name}"
            raise SettingsError(
                f"{setting} has a backslash, which StarRocks does not tell back as it was",
                "Choose another value, without a backslash.",
            )


def _check_places(settings: Settings) -> None:
    name, location = settings.catalog_name, settings.warehouse_location
    if checked_catalog(name) == DEFAULT_CATALOG:
        raise SettingsError(
            f"{name} is the name of StarRocks' own catalog",
            "Give the lake's catalog another name: LEDGERLAKE_CATALOG_NAME.",
        )
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
        "iceberg.catalog.jdbc.user": _own_user(settings, url.username),
        "iceberg.catalog.jdbc.password": _own_password(settings),
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
        # With credentials vended by the service StarRocks would cache no tables.
        "iceberg.catalog.vended-credentials-enabled": "false",
    }
    if settings.catalog_password is not None:
        properties["iceberg.catalog.security"] = "oauth2"
        properties["iceberg.catalog.oauth2.token"] = _own_password(settings)
    return properties


def _hive(settings: Settings) -> dict[str, Value]:
    return {
        "iceberg.catalog.type": "hive",
        "hive.metastore.uris": service_properties(settings)["uri"],
    }


def _own_user(settings: Settings, of_the_lake: str) -> str:
    own = checked_identifier(settings.starrocks_catalog_user, _USER)
    if own == of_the_lake:
        raise SettingsError(
            f"StarRocks would get the lake's own role {own} in the catalog's database. Every user "
            "of StarRocks can read its password (SHOW CREATE CATALOG), and could write",
            f"Set {_USER} to a role of its own; setup creates it.",
        )
    return own


def _own_password(settings: Settings) -> NamedSecret:
    password = settings.starrocks_catalog_password
    if password is None or not password.get_secret_value():
        raise SettingsError(
            "StarRocks needs a password, or token, of its own for the lake's catalog",
            f"Set {_PASSWORD} to one that no one else has: every user of StarRocks can see it.",
        )
    if password == settings.catalog_password:
        raise SettingsError(
            f"{_PASSWORD} is the lake's own password for the catalog. Every user of StarRocks can "
            "see it (SHOW CREATE CATALOG), and could write with it",
            "Give StarRocks one of its own.",
        )
    return NamedSecret(password, _PASSWORD)


def _s3(settings: Settings) -> dict[str, Value]:
    if not has_key(settings):
        return {}
    own = settings.starrocks_s3_access_key_id, settings.starrocks_s3_secret_access_key
    if not all(own):
        raise SettingsError(
            "StarRocks needs a key of its own to the object store, which can only read",
            f"Set {_KEY} and {_SECRET}; `ledgerlake starrocks policy` prints the key's policy.",
        )
    lakes = settings.s3_access_key_id, settings.s3_secret_access_key
    if own[0] == lakes[0] or own[1] == lakes[1]:
        raise SettingsError(
            f"StarRocks would get the lake's own key {lakes[0]} to the object store, and with it "
            "whoever comes by its configuration: that key can write",
            f"Set {_KEY} and {_SECRET} to a key of its own; `ledgerlake starrocks policy` prints "
            "the key's policy.",
        )
    access = s3_access(settings.of_starrocks())
    assert access is not None
    properties: dict[str, Value] = {
        "aws.s3.region": access.region,
        "aws.s3.access_key": access.key_id,
        "aws.s3.secret_key": NamedSecret(access.secret, _SECRET),
        "aws.s3.enable_path_style_access": str(access.path_style).lower(),
    }
    if access.endpoint is not None:
        properties["aws.s3.endpoint"] = access.endpoint
        properties["aws.s3.enable_ssl"] = str(access.endpoint.startswith("https:")).lower()
    return properties
