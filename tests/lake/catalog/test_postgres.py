"""The catalog in PostgreSQL: its address, its password, and what it says when it fails."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from resources.errors import SettingsError, StorageError
from resources.lake.catalog.catalog import commits_settle_at_once, open_catalog
from resources.lake.lake import Lake
from resources.settings import Settings
from tests.lake.builders import FIRST, ORDERS, SECOND, open_lake, order_rows, publish_orders, read
from tests.lake.catalog.shared_catalog import lake_on_postgres
from tests.servers.postgres import PostgresDatabase


def test_two_catalogs_in_one_database_know_nothing_of_each_other(
    database: PostgresDatabase, tmp_path: Path
):
    lakes = [
        open_lake(tmp_path / name, catalog_name=name, **database.settings())
        for name in ("first", "second")
    ]
    publish_orders(lakes[0], FIRST, order_rows(FIRST, 1))

    assert [lake.tables() for lake in lakes] == [[("fact", "dwd_order")], []]
    publish_orders(lakes[1], FIRST, order_rows(FIRST, 2))
    assert [len(read(lake)) for lake in lakes] == [1, 2]


def test_the_tables_are_those_of_icebergs_own_catalog(here: Lake, database: PostgresDatabase):
    """Java's JdbcCatalog, the one in StarRocks and Spark, looks for exactly these."""
    publish_orders(here, FIRST, order_rows(FIRST, 1))

    assert database.run(
        "SELECT catalog_name, table_namespace, table_name, iceberg_type FROM iceberg_tables"
    ) == [("ledgerlake", "fact", "dwd_order", "TABLE")]
    assert database.run("SELECT * FROM iceberg_namespace_properties") == [
        ("ledgerlake", "fact", "exists", "true")
    ]


def test_a_server_is_in_between(here: Lake, tmp_path: Path):
    assert not commits_settle_at_once(here.settings)
    assert commits_settle_at_once(Settings(home=tmp_path))


def test_the_password_is_nowhere_to_be_seen(
    here: Lake, database: PostgresDatabase, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    publish_orders(here, FIRST, order_rows(FIRST, 1))
    catalog = open_catalog(here.settings)
    table = here.snapshot(ORDERS).table

    assert table is not None
    shown = [
        repr(here.settings),
        here.settings.catalog_location,
        repr(catalog),
        str(catalog.properties),
        str(table.io.properties),
        repr(catalog.engine),
        str(catalog.engine.url),
        caplog.text,
    ]
    assert not [text for text in shown if database.password in text]
    assert not [
        path
        for path in here.settings.home.parent.rglob("*")
        if path.is_file()
        and path.name != "settings.env"
        and database.password.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"catalog_password": "wrong"}, "refused the login"),
        ({"catalog_uri": "postgresql+psycopg2://ledgerlake@127.0.0.1:1/lake"}, "does not answer"),
    ],
)
def test_a_database_that_lets_nobody_in(
    database: PostgresDatabase, tmp_path: Path, change: dict[str, str], what: str
):
    lake = open_lake(tmp_path / "home", **(database.settings() | change))

    with pytest.raises(StorageError, match=what) as failure:
        publish_orders(lake, FIRST, order_rows(FIRST, 1))

    assert "LEDGERLAKE_CATALOG" in str(failure.value.next_step)
    assert database.password not in str(failure.value)


def test_connections_that_were_ended_while_idle_are_replaced(
    here: Lake, database: PostgresDatabase
):
    """As after a restart of the server."""
    publish_orders(here, FIRST, order_rows(FIRST, 1))
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    publish_orders(here, SECOND, order_rows(SECOND, 1))
    assert len(read(here)) == 2


def test_a_reader_needs_no_right_to_write(database: PostgresDatabase, here: Lake, tmp_path: Path):
    publish_orders(here, FIRST, order_rows(FIRST, 1))
    user = f"reader_{database.database}"
    database.run(f"CREATE ROLE {user} LOGIN PASSWORD 'reading'")
    database.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}")
    uri = database.uri.replace(f"{database.user}@", f"{user}@")
    reader = open_lake(
        tmp_path / "reader",
        catalog_uri=uri,
        catalog_password="reading",
        warehouse=here.settings.warehouse_location,
    )

    assert read(reader) == order_rows(FIRST, 1)


@pytest.mark.parametrize(
    ("uri", "what"),
    [
        ("postgresql+psycopg2://user:secret-word@host/lake", "holds a password"),
        ("postgresql+psycopg2://user@host/lake?password=secret-word", "holds a password"),
        ("mysql://user@host/lake", "cannot use"),
        ("user@host/lake-secret-word", "no address"),
    ],
)
def test_addresses_that_are_refused(tmp_path: Path, uri: str, what: str):
    with pytest.raises(SettingsError, match=what) as refused:
        open_catalog(Settings(home=tmp_path, catalog_uri=uri))

    assert not re.search("secret-word", str(refused.value))


def test_a_day_of_the_stand_alone_lake_is_not_disturbed(database: PostgresDatabase, tmp_path: Path):
    """One process may have several lakes open."""
    alone = open_lake(tmp_path / "alone")
    shared = lake_on_postgres(database, tmp_path)
    for lake in (alone, shared, alone):
        publish_orders(lake, FIRST, order_rows(FIRST, 1))

    assert read(alone) == read(shared) == order_rows(FIRST, 1)
