"""One PostgreSQL for all tests here, and for each a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from tests.lake.catalog.rest_service.rest_service import RestServices, serve_rest
from tests.lake.catalog.shared_catalog import lake_on_postgres
from tests.servers.postgres import PostgresDatabase


@pytest.fixture
def database(postgres: PostgresDatabase) -> PostgresDatabase:
    """An empty database."""
    return postgres.new_database()


@pytest.fixture
def here(database: PostgresDatabase, tmp_path: Path) -> Lake:
    """The empty lake as one host sees it."""
    return lake_on_postgres(database, tmp_path, "here")


@pytest.fixture
def there(database: PostgresDatabase, tmp_path: Path) -> Lake:
    """The same lake as another host sees it."""
    return lake_on_postgres(database, tmp_path, "there")


@pytest.fixture(scope="package")
def services(
    postgres: PostgresDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RestServices]:
    """REST catalogs for all tests here."""
    with serve_rest(postgres.new_database(), tmp_path_factory.mktemp("services")) as services:
        yield services
