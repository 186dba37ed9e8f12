"""Setup makes StarRocks serve the lake, can be run again, and refuses what would fail silently."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from resources.errors import SettingsError
from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.connection import Account
from resources.starrocks.client.errors import Denied, Refused
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import refresh_table, row_count
from resources.starrocks.setup.external_catalog import catalog_properties
from resources.starrocks.setup.reader_key import read_policy
from resources.starrocks.setup.setup import Setup, create_views
from resources.starrocks.views.served_table import MaterializedView, ServedTable
from tests.lake.builders import FIRST, ORDERS, open_lake, order_rows, publish_orders
from tests.servers.postgres import PostgresDatabase
from tests.servers.s3 import S3Server
from tests.starrocks.commands import invoke_starrocks
from tests.starrocks.setup.served_settings import S3, SERVICE, SQL, plain
from tests.starrocks_stand_in import StandIn

TABLE = TableName("ledgerlake", "fact", "dwd_order")


@pytest.fixture(scope="module")
def lake(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresDatabase, s3_with_rights: S3Server
) -> Lake:
    """Three orders, in PostgreSQL and S3 as in production."""
    home = tmp_path_factory.mktemp("lake") / "home"
    database, s3 = postgres.new_database(), s3_with_rights
    places = database.settings() | s3.settings(s3.new_bucket()) | database.starrocks_settings()
    places |= s3.starrocks_settings(read_policy(Settings.model_validate({"home": home, **places})))
    lake = open_lake(home, **places)
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    return lake


@pytest.fixture(params=["4.0.9"])
def stand_in(lake: Lake, request: pytest.FixtureRequest) -> Generator[StandIn]:
    """A StarRocks that knows nothing of the lake."""
    with StandIn.start(lake.settings, version=request.param, prepared=False) as stand_in:
        yield stand_in


@pytest.fixture
def settings(stand_in: StandIn) -> Settings:
    """The lake's, with this StarRocks and its administrator."""
    return stand_in.settings.model_copy(
        update={"starrocks_admin_password": SecretStr(stand_in.admin_password)}
    )


def run_setup(settings: Settings, **options: Any) -> list[str]:
    """Set up; the statements that were told."""
    told: list[str] = []
    Setup.of(settings).run(told.append, [ORDERS], **options)
    return told


def secrets_of(settings: Settings) -> list[str]:
    """Every secret of the settings."""
    values = [getattr(settings, name) for name in type(settings).model_fields]
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


@pytest.mark.parametrize("stand_in", ["3.5.16", "4.0.9"], indirect=True)
def test_after_setup_the_service_user_reads_and_refreshes_and_no_more(settings: Settings) -> None:
    run_setup(settings)
    with StarRocks(settings) as client:
        assert client.run(row_count(TABLE)) == [(3,)]
        client.run(refresh_table(TABLE))
        assert (settings.starrocks_database,) in client.run("SHOW DATABASES")
        with pytest.raises(Denied):
            client.run("CREATE ROLE `another`")
        with pytest.raises(Denied):
            client.run("DROP CATALOG `ledgerlake`")


def test_declared_views_are_created_once_by_the_service_user(
    settings: Settings, stand_in: StandIn
) -> None:
    run_setup(settings)
    unpublished = replace(ORDERS, name="dwd_nothing")
    served = [ServedTable(each, MaterializedView()) for each in (unpublished, ORDERS)]
    first: list[str] = []
    create_views(settings, [*served, ServedTable(ORDERS)], first.append)
    second: list[str] = []
    create_views(settings, served, second.append)
    assert [each.splitlines()[0].rpartition(".")[2] for each in first] == ["`dwd_order`"]
    assert second == []
    (created,) = stand_in.sent("^CREATE MATERIALIZED VIEW")
    assert created.user == settings.starrocks_user


def test_a_person_is_told_when_passwords_leave_the_host_unprotected(settings: Settings) -> None:
    far = settings.model_copy(update={"starrocks_front_ends": "fe.example:9030,127.0.0.1:9030"})
    proven = far.model_copy(update={"starrocks_tls_authority": Path("authority.pem")})
    openly = [Setup.of(each).sends_openly for each in (settings, far, proven)]
    assert openly == [False, True, False]


def test_setup_can_be_run_again_and_sends_new_passwords(
    settings: Settings, stand_in: StandIn
) -> None:
    first, second = run_setup(settings), run_setup(settings)
    assert [each for each in first if each not in second] == [
        each for each in first if each.startswith("CREATE EXTERNAL CATALOG")
    ]
    changed = settings.model_copy(update={"starrocks_password": SecretStr("another word")})
    run_setup(changed)
    with StarRocks(changed) as client:
        assert client.run(row_count(TABLE)) == [(3,)]
    assert len(stand_in.sent("^CREATE EXTERNAL CATALOG")) == 1


def test_no_secret_is_told_and_every_one_is_sent(settings: Settings, stand_in: StandIn) -> None:
    told = "\n".join(run_setup(settings))
    received = "\n".join(each.statement for each in stand_in.statements)
    lakes_own = {str(plain(settings.catalog_password)), str(plain(settings.s3_secret_access_key))}
    secrets = list(secrets_of(settings))
    assert secrets
    for secret in secrets:
        assert secret not in told
        assert (secret in received) == (secret not in {*lakes_own, stand_in.admin_password})


def test_a_catalog_with_other_properties_is_left_until_it_may_be_replaced(
    settings: Settings, stand_in: StandIn
) -> None:
    run_setup(settings)
    moved = settings.model_copy(update={"s3_region": "eu-west-1"})
    with pytest.raises(SettingsError) as caught:
        run_setup(moved)
    assert "aws.s3.region" in caught.value.message
    assert "SHOW CREATE CATALOG `ledgerlake`" in str(caught.value.next_step)
    assert len(stand_in.sent("^DROP CATALOG")) == 0
    assert "DROP CATALOG `ledgerlake`" in run_setup(moved, replace=True)
    run_setup(moved)


def test_a_catalog_is_not_dropped_for_one_that_starrocks_does_not_take(settings: Settings) -> None:
    run_setup(settings)
    wrong = settings.model_copy(update={"starrocks_catalog_password": SecretStr("not the word")})
    planned = replace(Setup.of(settings), properties=catalog_properties(wrong))
    with pytest.raises(Refused, match="Failed to connect"):
        planned.run(lambda _: None, replace=True)
    with StarRocks(settings) as client:
        assert client.run(row_count(TABLE)) == [(3,)]
    run_setup(settings)


def test_a_catalog_that_cannot_be_reached_is_found_out(settings: Settings) -> None:
    """StarRocks tries its role when the catalog is created; what to correct is said."""
    wrong = settings.model_copy(update={"starrocks_catalog_password": SecretStr("not the word")})
    planned = replace(Setup.of(settings), properties=catalog_properties(wrong))
    with pytest.raises(Refused) as caught:
        planned.run(lambda _: None)
    assert "not the word" not in str(caught.value)
    assert "Failed to connect" in caught.value.message
    assert "LEDGERLAKE_STARROCKS_CATALOG_USER and _PASSWORD" in str(caught.value.next_step)


def test_a_service_user_who_may_not_read_is_told_from_another_catalog(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To who may read nothing StarRocks shows an empty catalog, and `$refs` of every table."""
    monkeypatch.setattr("resources.starrocks.setup.setup_statements.grants", lambda *_: [])
    with pytest.raises(Denied) as caught:
        run_setup(settings)
    assert "SELECT privilege" in caught.value.message
    with pytest.raises(Denied, match="shows fact to its administrator"):
        Setup.of(settings).run(lambda _: None)


def test_more_replicas_than_back_ends_are_refused_before_a_view_is_made(
    settings: Settings, stand_in: StandIn
) -> None:
    run_setup(settings)
    served = [ServedTable(ORDERS, MaterializedView(replicas=3))]
    with pytest.raises(Refused, match="to have 3 replicas, and 1 of 1 back ends"):
        create_views(settings, served, lambda _: None)
    assert stand_in.sent("^CREATE MATERIALIZED VIEW") == []
    stand_in.back_ends = 3
    create_views(settings, served, lambda _: None)
    assert len(stand_in.sent("^CREATE MATERIALIZED VIEW")) == 1


def test_a_catalog_that_shows_another_lake_is_found_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same address may be another database on StarRocks' host."""
    monkeypatch.setattr("resources.starrocks.setup.setup.lake_databases", lambda _: {"fact", "ads"})
    with pytest.raises(SettingsError, match="does not show the lake's ads"):
        run_setup(settings)


def test_the_lake_under_another_name_is_refused(settings: Settings, stand_in: StandIn) -> None:
    with pytest.raises(SettingsError, match="no table and no error"):
        Setup.of(settings, catalog="lake")
    run_setup(settings)
    text = next(iter(stand_in.sent("^CREATE EXTERNAL CATALOG"))).statement
    account = Account(stand_in.admin_user, SecretStr(stand_in.admin_password))
    with StarRocks(settings, account=account) as administrator:
        administrator.run("DROP CATALOG `ledgerlake`")
        administrator.run(text.replace("`ledgerlake`", "`finance`"))
        with pytest.raises(SettingsError) as caught:
            run_setup(settings)
        assert "finance" in caught.value.message
        assert "DROP CATALOG `finance`" in str(caught.value.next_step)


@pytest.mark.parametrize("stand_in", ["3.4.9", "3.5.15", "4.0.6"], indirect=True)
def test_an_unsupported_version_is_refused_before_anything_is_changed(
    settings: Settings, stand_in: StandIn
) -> None:
    with pytest.raises(Refused, match="does not read the lake rightly"):
        run_setup(settings)
    assert stand_in.sent("^(CREATE|ALTER|DROP|GRANT|SET DEFAULT)") == []


def test_namespaces_inside_others_are_refused(tmp_path: Path, postgres: PostgresDatabase) -> None:
    database = postgres.new_database()
    lake = Settings(home=tmp_path, **(SQL | S3 | SERVICE | database.settings()))
    catalog = open_catalog(lake)
    catalog.create_namespace("ads")
    catalog.create_namespace(("ads", "old"))
    with pytest.raises(SettingsError, match=r"ads\.old"):
        Setup.of(lake)


def test_the_service_user_is_neither_the_administrator_nor_without_password(
    settings: Settings,
) -> None:
    for update in ({"starrocks_user": "root"}, {"starrocks_password": None}):
        with pytest.raises(SettingsError, match="service user"):
            Setup.of(settings.model_copy(update=update))


def test_the_command_sets_up_and_a_dry_run_prints_the_same_and_sends_nothing(
    settings: Settings, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = invoke_starrocks(settings, monkeypatch, "setup", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert {each.statement for each in stand_in.sent("^(?!SET )")} == {"SELECT current_version()"}
    done = invoke_starrocks(settings, monkeypatch, "setup")
    assert done.exit_code == 0, done.output
    printed = [each for each in done.stdout.split(";\n") if each.startswith(("CREATE", "GRANT"))]
    assert len(printed) > 6
    assert all(f"{each};" in dry.stdout for each in printed)
    for secret in secrets_of(settings):
        assert secret not in dry.output + done.output
    assert dry.stdout.count("'<LEDGERLAKE_STARROCKS_CATALOG_PASSWORD>'") == 2
    assert "GRANT SELECT ON" in dry.stdout
    policy = invoke_starrocks(settings, monkeypatch, "policy")
    assert "s3:GetObject" in policy.stdout and "s3:Put" not in policy.stdout
    stand_in.stop()
    without = invoke_starrocks(settings, monkeypatch, "setup", "--dry-run")
    assert without.exit_code == 0
    assert "GRANT SELECT, REFRESH" in without.stdout
    assert "version is not known" in " ".join(without.stderr.split())
