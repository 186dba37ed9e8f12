"""The database of a SQL catalog: SQLite in the lake's home, or PostgreSQL for several hosts."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from resources.errors import SettingsError
from resources.settings import Settings
from resources.shared_files import make_shared_file, make_shared_folder

_SQLITE = "sqlite"
_POSTGRESQL = "postgresql"

# A process that dies is noticed at once; a host that vanishes, within a minute by either side.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_POSTGRESQL_ARGUMENTS: dict[str, Any] = {
    "application_name": "ledgerlake",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}


def database_url(settings: Settings) -> URL:
    """Address of the catalog's database with its password, which its text hides.

    Raises:
        SettingsError: If the address is malformed, holds a password, or names another database.
    """
    if settings.catalog_kind == "sql" and settings.catalog_uri is None:
        path = str(settings.home / "catalog.db")
        # SQLite waits for its lock instead of failing.
        return URL.create(_SQLITE, database=path, query={"timeout": "60"})
    try:
        url = make_url(settings.catalog_location)
    except ArgumentError:
        raise _wrong("is no address of a database") from None
    backend = url.get_backend_name()
    if url.password is not None or "password" in url.query:
        raise SettingsError(
            "LEDGERLAKE_CATALOG_URI holds a password, which would be shown where the address is",
            "Take it out, and set LEDGERLAKE_CATALOG_PASSWORD.",
        )
    if backend == _SQLITE:
        return url
    if backend != _POSTGRESQL:
        raise _wrong(f"is a database of the kind {backend}, which this lake cannot use")
    if settings.catalog_password is None:
        return url
    return url.set(password=settings.catalog_password.get_secret_value())


def _wrong(what: str) -> SettingsError:
    # The address is not shown: a mistake in it may have made a password part of anything.
    return SettingsError(
        f"LEDGERLAKE_CATALOG_URI {what}",
        "Write postgresql+psycopg2://user@host:5432/database, or leave it out for SQLite in the "
        "lake's home.",
    )


def is_postgresql(settings: Settings) -> bool:
    """Whether the catalog is in PostgreSQL, and so the locks are too."""
    return _backend(settings) == _POSTGRESQL


def is_sqlite(settings: Settings) -> bool:
    """Whether the catalog is in SQLite, in this very process."""
    return _backend(settings) == _SQLITE


def _backend(settings: Settings) -> str | None:
    return database_url(settings).get_backend_name() if settings.catalog_kind == "sql" else None


def database_engine(settings: Settings) -> Engine:
    """Connections to the `database_url`. One engine a process (a fork has its own)."""
    return _database_engine(database_url(settings), os.getpid())


@lru_cache(maxsize=16)
def _database_engine(url: URL, _process: int) -> Engine:
    if url.get_backend_name() == _SQLITE:
        # SQLite would make the file for its owner only. Suppressed: the connection that follows
        # says what is wrong.
        with suppress(OSError):
            if url.database:
                make_shared_folder(Path(url.database).parent)
                if (descriptor := make_shared_file(Path(url.database))) is not None:
                    os.close(descriptor)
        return create_engine(url)
    # Each thread that publishes keeps a connection for its locks: none may wait for another's.
    return create_engine(
        url, pool_pre_ping=True, max_overflow=-1, connect_args=_POSTGRESQL_ARGUMENTS
    )
