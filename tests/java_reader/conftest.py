"""One Java process for all tests, and for each a lake whose catalog is in PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from tests.java_reader.build import build
from tests.java_reader.java_reader import JavaCatalog, JavaProcess, start_java
from tests.lake.builders import open_lake
from tests.servers.postgres import PostgresDatabase

READER = "java_reader"
READER_PASSWORD = secrets.token_hex(16)


@pytest.fixture(scope="session")
def java() -> Iterator[JavaProcess]:
    """Iceberg's library, ready to read."""
    with start_java(build()) as process:
        yield process


@pytest.fixture(scope="session")
def server(java: JavaProcess, postgres: PostgresDatabase) -> PostgresDatabase:  # noqa: ARG001
    """PostgreSQL with a user that may read every catalog and change none."""
    postgres.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'")
    postgres.run(f"GRANT pg_read_all_data TO {READER}")
    return postgres


@pytest.fixture
def database(server: PostgresDatabase) -> PostgresDatabase:
    """A new database, for the catalog of one lake."""
    return server.new_database()


@pytest.fixture
def lake(database: PostgresDatabase, tmp_path: Path) -> Lake:
    """An empty lake whose catalog is in PostgreSQL."""
    return open_lake(tmp_path / "home", **database.settings())


@pytest.fixture
def reader(java: JavaProcess, database: PostgresDatabase, lake: Lake) -> JavaCatalog:
    """The lake's catalog as a Java engine opens it."""
    return open_in_java(java, database, lake)


def open_in_java(
    java: JavaProcess,
    database: PostgresDatabase,
    lake: Lake,
    name: str | None = None,
    **properties: str,
) -> JavaCatalog:
    """The lake's catalog as a Java engine opens it; under another name if one is given."""
    open_catalog(lake.settings)  # made on first use, and the reader may make nothing
    return java.open(
        name or lake.settings.catalog_name,
        {
            "uri": f"jdbc:postgresql://{database.host}:{database.port}/{database.database}",
            "jdbc.user": READER,
            "jdbc.password": READER_PASSWORD,
            "warehouse": lake.settings.warehouse_location,
            **properties,
        },
    )
