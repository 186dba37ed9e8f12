"""The statements of `ledgerlake starrocks setup`; each can be sent again."""

from __future__ import annotations

from resources.identifiers import checked_identifier
from resources.settings import Settings
from resources.starrocks.client.literals import NamedSecret, Statement
from resources.starrocks.client.names import DEFAULT_CATALOG, backticked, checked_catalog
from resources.starrocks.client.versions import Version
from resources.starrocks.setup.external_catalog import Properties

SHOW_CATALOGS = "SHOW CATALOGS"


def create_catalog(name: str, properties: Properties) -> Statement:
    """StarRocks connects to the database at once, to the object store at the first query."""
    pairs = ",\n  ".join(f'"{_checked_key(key)}" = %s' for key in properties)
    text = f"CREATE EXTERNAL CATALOG {_catalog(name)}\nPROPERTIES (\n  {pairs}\n)"
    return Statement(text, tuple(properties.values()))


def drop_catalog(name: str) -> Statement:
    """StarRocks forgets it. The lake is not touched."""
    return Statement(f"DROP CATALOG {_catalog(name)}")


def show_create_catalog(name: str) -> str:
    """(name, CREATE EXTERNAL CATALOG ...); in some versions with passwords."""
    return f"SHOW CREATE CATALOG {_catalog(name)}"


def service_user(user: str, password: NamedSecret) -> list[Statement]:
    """The user, with this password, and a role that is active when it logs in."""
    role, name = _role(user), _user(user)
    return [
        Statement(f"CREATE ROLE IF NOT EXISTS {role}"),
        Statement(
            f"CREATE USER IF NOT EXISTS {name.replace('%', '%%')} IDENTIFIED BY %s", (password,)
        ),
        Statement(f"ALTER USER {name.replace('%', '%%')} IDENTIFIED BY %s", (password,)),
        Statement(f"GRANT {role} TO USER {name}"),
        Statement(f"SET DEFAULT ROLE {role} TO {name}"),
    ]


def serving_database(name: str) -> Statement:
    """Where the materialized views are."""
    return Statement(
        f"CREATE DATABASE IF NOT EXISTS {backticked(DEFAULT_CATALOG)}.{_database(name)}"
    )


def grants(settings: Settings, version: Version) -> list[Statement]:
    """What the service user needs, and no more. Names without catalog are of the one in use."""
    role, catalog = _role(settings.starrocks_user), _catalog(settings.catalog_name)
    database = _database(settings.starrocks_database)
    return [
        Statement(text)
        for text in (
            f"GRANT USAGE ON CATALOG {catalog} TO ROLE {role}",
            f"SET CATALOG {catalog}",
            f"GRANT SELECT, {version.refresh_privilege} ON ALL TABLES IN ALL DATABASES "
            f"TO ROLE {role}",
            f"SET CATALOG {backticked(DEFAULT_CATALOG)}",
            f"GRANT CREATE MATERIALIZED VIEW ON DATABASE {database} TO ROLE {role}",
            f"GRANT SELECT, ALTER, REFRESH, DROP ON ALL MATERIALIZED VIEWS IN DATABASE {database} "
            f"TO ROLE {role}",
        )
    ]


def _catalog(name: str) -> str:
    return backticked(checked_catalog(name))


def _database(name: str) -> str:
    return backticked(checked_identifier(name, "LEDGERLAKE_STARROCKS_DATABASE"))


def _user(name: str) -> str:
    return f"'{checked_identifier(name, 'LEDGERLAKE_STARROCKS_USER')}'@'%'"


def _role(user: str) -> str:
    return f"'{checked_identifier(user, 'LEDGERLAKE_STARROCKS_USER')}_role'"


def _checked_key(key: str) -> str:
    if not key.replace(".", "").replace("-", "").replace("_", "").isalnum():
        raise ValueError(key)
    return key
