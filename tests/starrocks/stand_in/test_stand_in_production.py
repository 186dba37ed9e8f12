"""The stand-in over the lake as it is in production: catalog in PostgreSQL, files on S3."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import current_snapshot, refresh_table, row_count
from resources.starrocks.setup.reader_role import make_role
from tests.lake.builders import ORDERS, SECOND, order_rows, publish_orders
from tests.servers.postgres import PostgresDatabase
from tests.servers.s3 import S3Server
from tests.starrocks.stand_in.small_lake import administrator_of, lake_of_three_orders
from tests.starrocks_stand_in import StandIn

ORDER_TABLE = TableName("ledgerlake", "fact", "dwd_order")


@pytest.fixture
def lake(tmp_path: Path, postgres: PostgresDatabase, s3: S3Server) -> Lake:
    """Three orders of one day."""
    database = postgres.new_database()
    key = {"starrocks_s3_access_key_id": "reader", "starrocks_s3_secret_access_key": "its secret"}
    places = database.settings() | s3.settings(s3.new_bucket()) | key
    places |= database.starrocks_settings()
    return lake_of_three_orders(tmp_path / "home", **places)


def catalog_properties(settings: Settings) -> dict[str, str]:
    """What leads StarRocks to the lake."""
    assert settings.catalog_uri is not None
    assert settings.starrocks_catalog_password is not None
    assert settings.starrocks_s3_secret_access_key is not None
    place = settings.catalog_uri.rpartition("@")[2]
    return {
        "type": "iceberg",
        "iceberg.catalog.type": "jdbc",
        "iceberg.catalog.uri": f"jdbc:postgresql://{place}",
        "iceberg.catalog.warehouse": settings.warehouse_location,
        "iceberg.catalog.jdbc.user": settings.starrocks_catalog_user,
        "iceberg.catalog.jdbc.password": settings.starrocks_catalog_password.get_secret_value(),
        "aws.s3.endpoint": str(settings.s3_endpoint),
        "aws.s3.access_key": str(settings.starrocks_s3_access_key_id),
        "aws.s3.secret_key": settings.starrocks_s3_secret_access_key.get_secret_value(),
        "aws.s3.region": settings.s3_region,
        "aws.s3.enable_path_style_access": "true",
        "aws.s3.enable_ssl": "false",
    }


def test_the_lakes_client_sees_through_it_what_is_in_postgresql_and_s3(lake: Lake) -> None:
    with StandIn.start(lake.settings) as stand_in, StarRocks(stand_in.settings) as starrocks:
        starrocks.version().check_supported()
        assert starrocks.run(row_count(ORDER_TABLE)) == [(3,)]
        publish_orders(lake, SECOND, order_rows(SECOND, 2))
        assert starrocks.run(row_count(ORDER_TABLE)) == [(3,)]
        starrocks.run(refresh_table(ORDER_TABLE))
        assert starrocks.run(row_count(ORDER_TABLE)) == [(5,)]
        assert starrocks.run(current_snapshot(ORDER_TABLE)) == [
            (lake.snapshot(ORDERS).snapshot_id,)
        ]


def test_every_property_of_the_catalog_must_lead_to_the_lake(lake: Lake) -> None:
    right = catalog_properties(lake.settings)
    make_role(lake.settings, lambda _: None)
    must_be_right = [name for name in right if name.endswith(("uri", "user", "password", "key"))]
    with (
        StandIn.start(lake.settings, prepared=False) as stand_in,
        administrator_of(stand_in) as client,
    ):
        for wrong in (*must_be_right, None):
            listed = ", ".join(
                f'"{name}" = "{"wrong" if name == wrong else value}"'
                for name, value in right.items()
            )
            create = f"CREATE EXTERNAL CATALOG `ledgerlake` PROPERTIES ({listed})"
            if wrong is not None and wrong.startswith("iceberg"):
                assert "Failed to connect" in client.error(create)[1]
                continue
            client.rows(create)
            if wrong is None:
                assert client.value(row_count(ORDER_TABLE)) == 3
            else:
                assert client.error("SHOW DATABASES FROM `ledgerlake`")[0] == 1064
            client.rows("DROP CATALOG IF EXISTS `ledgerlake`")
