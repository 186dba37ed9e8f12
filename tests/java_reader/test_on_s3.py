"""Tables on S3 are read through Iceberg's own access to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.java_reader.comparison import assert_same_as_duckdb
from tests.java_reader.conftest import open_in_java
from tests.java_reader.java_reader import JavaCatalog, JavaProcess
from tests.lake.builders import FIRST, ORDERS, SECOND, open_lake, order_rows, publish_orders
from tests.lake.publish.merge.builders import LINES, merge, merge_of, row, rows_of
from tests.servers.postgres import PostgresDatabase
from tests.servers.s3 import S3Server


@pytest.fixture
def lake(database: PostgresDatabase, s3: S3Server, tmp_path: Path) -> Lake:
    """An empty lake: catalog in PostgreSQL, tables on S3, as in production."""
    return open_lake(
        tmp_path / "home",
        **database.settings(),
        **s3.settings(s3.new_bucket()),
    )


@pytest.fixture
def reader(
    java: JavaProcess,
    database: PostgresDatabase,
    lake: Lake,
    s3: S3Server,
) -> JavaCatalog:
    return open_in_java(
        java,
        database,
        lake,
        **{
            "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
            "s3.endpoint": s3.endpoint,
            "s3.path-style-access": "true",
            "s3.access-key-id": s3.access_key,
            "s3.secret-access-key": s3.secret_key,
            "client.region": s3.region,
        },
    )


def test_replaced_partitions_and_merges(lake: Lake, reader: JavaCatalog):
    both = Window.of_days(FIRST, SECOND)
    publish_orders(lake, both, order_rows(FIRST, 3) + order_rows(SECOND, 4))
    publish_orders(lake, SECOND, order_rows(SECOND, 2, "9.99"))
    merge(lake, merge_of(rows_of("A", 50)))
    merge(lake, merge_of([row("A", 7, "9.00")]))

    orders, lines = reader.read(ORDERS), reader.read(LINES)
    assert_same_as_duckdb(orders, lake, ORDERS)
    assert_same_as_duckdb(lines, lake, LINES)
    assert (len(orders.rows), len(lines.rows)) == (5, 50)
    assert lines.delete_files > 0
