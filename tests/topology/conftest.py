"""PostgreSQL, an S3, a stand-in for StarRocks, and Dagster's three processes over a small lake."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.starrocks.setup.reader_key import read_policy
from tests.servers.postgres import PostgresDatabase
from tests.servers.s3 import S3Server
from tests.topology.starrocks import serve
from tests.topology.topology import Topology, topology


@pytest.fixture(scope="package")
def catalog(postgres: PostgresDatabase) -> PostgresDatabase:
    """The database of the lake's catalog."""
    return postgres.new_database()


@pytest.fixture(scope="package")
def lake(
    catalog: PostgresDatabase,
    s3_with_rights: S3Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """A lake on PostgreSQL and S3, to which the sample shop has delivered one day."""
    home, store = tmp_path_factory.mktemp("home"), s3_with_rights
    day = Settings(home=home).last_complete_date()
    given = {
        "home": home,
        "catalog_name": f"lake_{secrets.token_hex(4)}",
        "first_date": day,
        "threads": 1,
        **catalog.settings(),
        **catalog.starrocks_settings(),
        **store.settings(store.new_bucket()),
    }
    given |= store.starrocks_settings(read_policy(Settings.model_validate(given)))
    lake = Settings.model_validate(given)
    fill(lake.landing_folder, ShopSettings(orders_per_day=5, first_date=day), Window.of_day(day))
    return lake


@pytest.fixture(scope="package")
def served(lake: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The lake, and StarRocks beside it."""
    with serve(lake, tmp_path_factory.mktemp("starrocks")) as settings:
        yield settings


@pytest.fixture(scope="package")
def deployed(
    served: Settings,
    postgres: PostgresDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    project_root: Path,
) -> Iterator[Topology]:
    """All of it, up and set up."""
    folder = tmp_path_factory.mktemp("dagster")
    with topology(served, postgres.new_database(), folder, project_root) as deployed:
        deployed.start()
        yield deployed
