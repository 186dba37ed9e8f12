"""Before and during setup the stand-in behaves as the known facts about StarRocks say."""

from __future__ import annotations

from collections.abc import Generator

import pymysql
import pytest

from resources.lake.lake import Lake
from tests.starrocks.stand_in.small_lake import (
    COUNT_ORDERS,
    ORDER_TABLE,
    REFRESH_ORDERS,
    bare,
    client_of,
    lake_of_three_orders,
)
from tests.starrocks_stand_in import StandIn
from tests.starrocks_stand_in.wire_client import WireClient, connected


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three orders of one day; to be read only."""
    return lake_of_three_orders(tmp_path_factory.mktemp("lake") / "home")


@pytest.fixture(scope="module")
def stand_in(lake: Lake) -> Generator[StandIn]:
    """Set up, and left as it is."""
    with StandIn.start(lake.settings) as stand_in:
        yield stand_in


@pytest.fixture
def client(stand_in: StandIn) -> Generator[WireClient]:
    """A connection of the service user."""
    with client_of(stand_in) as client:
        yield client


@pytest.mark.parametrize(
    ("statement", "number", "text"),
    [
        ("REFRESH EXTERNAL TABLE `no`.`fact`.`dwd_order`", 5078, "Unknown catalog 'no'"),
        ("REFRESH EXTERNAL TABLE `ledgerlake`.`no`.`dwd_order`", 5502, "Unknown table 'dwd_order'"),
        ("REFRESH EXTERNAL TABLE `ledgerlake`.`fact`.`no`", 5502, "Unknown table 'no'"),
        (f"{REFRESH_ORDERS} PARTITION (dt='2026-03-01')", 1064, "syntax error"),
        ("REFRESH EXTERNAL TABLES", 1064, "syntax error"),
        ("SELECT * FROM `no`.`fact`.`dwd_order`", 5078, "Unknown catalog 'no'"),
        ("SELECT * FROM `ledgerlake`.`fact`.`no`", 5502, "Unknown table"),
        (f"SELECT `no` FROM {ORDER_TABLE}", 1064, "no"),
        ("CREATE ROLE reader", 5203, "Access denied"),
        ("DROP CATALOG ledgerlake", 5203, "Access denied"),
    ],
)
def test_refusals_have_the_numbers_of_starrocks(
    client: WireClient, statement: str, number: int, text: str
) -> None:
    answered, said = client.error(statement)
    assert (answered, text in said) == (number, True), said


def test_a_wrong_password_is_refused(stand_in: StandIn) -> None:
    with (
        pytest.raises(pymysql.OperationalError) as refused,
        connected(stand_in.ports[0], stand_in.user, "wrong"),
    ):
        pass
    assert refused.value.args[0] == 1045


def create_catalog(lake: Lake, name: str = "ledgerlake", **other: str) -> str:
    """The statement; `other` replaces properties, with `_` for `.` and `__` for `_`."""
    database = lake.settings.home / "catalog.db"
    properties = {
        "type": "iceberg",
        "iceberg.catalog.type": "jdbc",
        "iceberg.catalog.uri": f"jdbc:sqlite:{database}",
        "iceberg.catalog.warehouse": lake.settings.warehouse_location,
        "iceberg.catalog.jdbc.password": "word",
    } | {key.replace("__", "-").replace("_", ".").replace("-", "_"): other[key] for key in other}
    listed = ", ".join(f'"{key}" = "{value}"' for key, value in properties.items())
    return f"CREATE EXTERNAL CATALOG `{name}` PROPERTIES ({listed})"


def test_a_database_that_lets_nobody_in_shows_when_the_catalog_is_made(lake: Lake) -> None:
    with bare(lake) as (_, administrator):
        wrong = create_catalog(lake, iceberg_catalog_uri="jdbc:sqlite:/nowhere")
        number, said = administrator.error(wrong)
        assert (number, "msg: Failed to connect: jdbc:sqlite:/nowhere" in said) == (1064, True)
        administrator.rows(create_catalog(lake))
        assert ("fact",) in administrator.rows("SHOW DATABASES FROM `ledgerlake`")
        assert administrator.error(create_catalog(lake))[0] == 5514
        assert administrator.error(create_catalog(lake, "1lake"))[0] in (1064, 5063)


def test_everybody_can_read_the_password_of_a_catalogs_database(lake: Lake) -> None:
    """Not so keys of S3. Quotes are escaped, backslashes are not."""
    secret = 'in"cl\\ear'
    with bare(lake) as (other, administrator):
        sent = create_catalog(
            lake, iceberg_catalog_jdbc_password="PW", aws_s3_secret__key="96abc4b"
        )
        administrator.rows(sent.replace("PW", secret.replace("\\", "\\\\").replace('"', '\\"')))
        administrator.rows("CREATE USER 'nobody'@'%' IDENTIFIED BY 'word'")
        with connected(other.ports[0], "nobody", "word") as nobody:
            ((_, shown),) = nobody.rows("SHOW CREATE CATALOG `ledgerlake`")
            assert nobody.rows("SHOW DATABASES FROM `ledgerlake`") == [("information_schema",)]
            assert nobody.rows("SHOW TABLES FROM `ledgerlake`.`fact`") == []
            assert len(nobody.rows("SELECT * FROM `ledgerlake`.`fact`.`dwd_order$refs`")) == 1
            assert nobody.error(COUNT_ORDERS)[0] == 5203
    assert '"iceberg.catalog.jdbc.password"  =  "in\\"cl\\ear"' in shown
    assert '"aws.s3.secret_key"  =  "96******4b"' in shown


def test_a_catalog_of_another_name_shows_an_empty_lake_and_no_error(lake: Lake) -> None:
    with bare(lake) as (_, administrator):
        administrator.rows(create_catalog(lake, "lake"))
        assert administrator.rows("SHOW DATABASES FROM `lake`") == [("information_schema",)]


@pytest.mark.parametrize(("version", "privilege"), [("3.5.16", "ALTER"), ("4.0.9", "REFRESH")])
def test_who_may_refresh_goes_by_version(lake: Lake, version: str, privilege: str) -> None:
    with bare(lake, version) as (stand_in, administrator):
        assert str(administrator.value("SELECT current_version()")).startswith(f"{version} ")
        administrator.rows(create_catalog(lake))
        administrator.rows("CREATE ROLE IF NOT EXISTS `reader`")
        administrator.rows("SET CATALOG `ledgerlake`")
        if privilege == "ALTER":
            refresh = "GRANT REFRESH ON ALL TABLES IN DATABASE fact TO ROLE `reader`"
            assert administrator.error(refresh)[0] == 1064
        administrator.rows(
            f"GRANT SELECT, {privilege} ON ALL TABLES IN ALL DATABASES TO ROLE `reader`"
        )
        administrator.rows("CREATE USER IF NOT EXISTS 'me'@'%' IDENTIFIED BY 'word'")
        with connected(stand_in.ports[0], "me", "word") as me:
            assert me.error(COUNT_ORDERS)[0] == 5203
        # A role that was granted is not active: only default roles are.
        administrator.rows("GRANT `reader` TO USER 'me'@'%'")
        with connected(stand_in.ports[0], "me", "word") as me:
            assert me.error(REFRESH_ORDERS)[0] == 5203
        administrator.rows("SET DEFAULT ROLE `reader` TO 'me'@'%'")
        with connected(stand_in.ports[0], "me", "word") as me:
            me.rows(REFRESH_ORDERS)
            assert me.value(COUNT_ORDERS) == 3
