"""StarRocks' role in the catalog's database reads the catalog's two tables and can do no more."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors

from resources.errors import SettingsError
from resources.lake.catalog.catalog import open_catalog
from resources.settings import Settings
from resources.starrocks.setup.reader_role import check_role, make_role
from tests.lake.builders import FIRST, open_lake, order_rows, publish_orders
from tests.servers.postgres import PostgresDatabase

WORD = 'it\'s 100% "wörd"'


@dataclass(frozen=True)
class Scene:
    """A lake in PostgreSQL, its database as administrator and as StarRocks' role."""

    settings: Settings
    administrator: PostgresDatabase
    reader: PostgresDatabase


@pytest.fixture
def scene(tmp_path: Path, postgres: PostgresDatabase) -> Scene:
    """The lake's own role owns its database and may make no roles, as in docker/."""
    name, reader = f"lake_{secrets.token_hex(4)}", f"reader_{secrets.token_hex(4)}"
    postgres.run(f"CREATE ROLE {name} LOGIN PASSWORD 'own'")
    administrator = postgres.new_database()
    administrator.run(f"ALTER DATABASE {administrator.database} OWNER TO {name}")
    administrator.run(f"REVOKE ALL ON DATABASE {administrator.database} FROM PUBLIC")
    own = replace(administrator, user=name, password="own")
    settings = {"starrocks_catalog_user": reader, "starrocks_catalog_password": WORD}
    lake = open_lake(tmp_path / "home", **own.settings(), **settings)
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    own.run("CREATE TABLE secret_ledger (amount INT)")
    return Scene(lake.settings, administrator, replace(own, user=reader, password=WORD))


def make(scene: Scene) -> list[str]:
    """Make the role as the lake; the administrator does what the lake may not."""
    told: list[str] = []
    try:
        make_role(scene.settings, told.append)
    except SettingsError as error:
        assert "administrator" in str(error.next_step)
        statements = str(error.next_step).split(":\n")[1]
        placeholder = "'<LEDGERLAKE_STARROCKS_CATALOG_PASSWORD>'"
        literal = "'" + WORD.replace("'", "''") + "'"
        assert placeholder in statements and WORD not in statements
        scene.administrator.run(statements.replace(placeholder, literal).replace("%", "%%"), ())
        make_role(scene.settings, told.append)
    return told


def test_it_reads_the_catalog_and_nothing_else(scene: Scene) -> None:
    told = make(scene)
    assert not any(WORD in each for each in told)
    assert scene.reader.run("SELECT table_name FROM iceberg_tables") == [("dwd_order",)]
    assert scene.reader.run("SELECT count(*) FROM iceberg_namespace_properties")[0][0] > 0
    for statement in (
        "INSERT INTO iceberg_tables (catalog_name) VALUES ('x')",
        "UPDATE iceberg_tables SET metadata_location = 's3://elsewhere'",
        "DELETE FROM iceberg_tables",
        "TRUNCATE iceberg_tables",
        "DROP TABLE iceberg_tables",
        "DELETE FROM iceberg_namespace_properties",
        "CREATE TABLE mine (a INT)",
        "CREATE TEMPORARY TABLE mine (a INT)",
        "CREATE SCHEMA mine",
        "SELECT * FROM secret_ledger",
        "CREATE ROLE another",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            scene.reader.run(statement)


def test_the_lakes_catalog_is_read_with_it(scene: Scene) -> None:
    make(scene)
    catalog = open_catalog(scene.settings.of_starrocks())
    assert catalog.load_table(("fact", "dwd_order")).metadata.current_snapshot_id is not None
    with pytest.raises(Exception, match="permission denied"):
        catalog.drop_table(("fact", "dwd_order"))


def test_it_can_be_made_again_and_loses_what_it_was_given_since(scene: Scene) -> None:
    make(scene)
    owner = replace(scene.reader, user=_owner(scene), password="own")
    owner.run(f"GRANT ALL ON iceberg_tables, secret_ledger TO {scene.reader.user}")
    assert any(each.startswith("REVOKE ALL ON secret_ledger") for each in make(scene))
    with pytest.raises(errors.InsufficientPrivilege):
        scene.reader.run("SELECT * FROM secret_ledger")
    with pytest.raises(errors.InsufficientPrivilege):
        scene.reader.run("DELETE FROM iceberg_tables")


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        ("ALTER ROLE {reader} CREATEROLE", "allowed to create roles"),
        ("ALTER ROLE {reader} SUPERUSER", "a superuser"),
        ("GRANT {owner} TO {reader}", "a member of"),
        ("GRANT SELECT ON secret_ledger TO PUBLIC", "may read secret_ledger"),
        ("GRANT UPDATE (metadata_location) ON iceberg_tables TO PUBLIC", "may change iceberg"),
    ],
)
def test_a_role_that_can_do_more_is_refused_with_what_it_can(
    scene: Scene, grant: str, said: str
) -> None:
    make(scene)
    check_role(scene.settings)
    scene.administrator.run(grant.format(reader=scene.reader.user, owner=_owner(scene)))
    with pytest.raises(SettingsError, match=said) as caught:
        make_role(scene.settings, lambda _: None)
    assert "Every user of StarRocks can see its password" in caught.value.message


def test_a_role_of_somebody_else_keeps_its_password(scene: Scene) -> None:
    scene.administrator.run(f"CREATE ROLE {scene.reader.user} LOGIN PASSWORD 'theirs'")
    with pytest.raises(SettingsError, match="which setup has not made"):
        make_role(scene.settings, lambda _: None)
    theirs = replace(scene.reader, password="theirs")
    assert theirs.run("SELECT 1") == [(1,)]


def test_setup_gives_its_own_role_a_new_password(scene: Scene, postgres: PostgresDatabase) -> None:
    """Where the lake's role may make roles."""
    postgres.run(f"ALTER ROLE {_owner(scene)} CREATEROLE")
    make_role(scene.settings, lambda _: None)
    scene.administrator.run(f"ALTER ROLE {scene.reader.user} PASSWORD 'stale'")
    told: list[str] = []
    make_role(scene.settings, told.append)
    assert told[0].startswith("ALTER ROLE") and WORD not in told[0]
    with pytest.raises(psycopg2.OperationalError):
        closing(replace(scene.reader, password="stale").connect())
    assert scene.reader.run("SELECT count(*) FROM iceberg_tables") == [(1,)]


def _owner(scene: Scene) -> str:
    uri = str(scene.settings.catalog_uri)
    return uri.partition("://")[2].partition("@")[0]
