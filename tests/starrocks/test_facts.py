"""What the lake relies on StarRocks for, asked of the stand-in, or of a real StarRocks.

With STARROCKS_URL, `starrocks://user:password@host:9030`, and STARROCKS_LAKE, the settings.env of
a lake that `ledgerlake starrocks setup` was run for, the same questions go to the real one. The
user must be an administrator. Catalog and files must be within reach of StarRocks and of this
machine; what the tests make there, in a namespace and with a user of their own, they take away.
Codes and texts are those of a front end of 4.1.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pydantic import SecretStr
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.transforms import BucketTransform

from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.connection import Account
from resources.starrocks.client.errors import Denied, NotThere, Refused, StarRocksError
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import (
    current_snapshot,
    databases_of,
    no_row,
    refresh_table,
    row_count,
    rows_by_partition,
)
from tests.lake.builders import FIRST, ORDERS, SECOND, THIRD, order_rows, publish_orders
from tests.starrocks_stand_in import StandIn

WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A table of orders in the lake, and StarRocks, which serves it."""

    lake: Lake
    spec: TableSpec
    starrocks: StarRocks

    @property
    def name(self) -> TableName:
        return TableName(self.lake.settings.catalog_name, self.spec.namespace, self.spec.name)

    @property
    def view(self) -> str:
        return f"`{self.lake.settings.starrocks_database}`.`{self.spec.namespace}`"

    def publish(self, *days: date, count: int = 1) -> None:
        """So many orders of each day."""
        for day in days:
            publish_orders(self.lake, day, order_rows(day, count), spec=self.spec)

    def rows(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        return self.starrocks.run(statement, values)

    def error(self, statement: str) -> StarRocksError:
        with pytest.raises(StarRocksError) as refused:
            self.starrocks.run(statement)
        return refused.value

    def runs(self, query_id: object) -> list[tuple[object, ...]]:
        """(query, state, error) of each task run of the query's job, once all have ended."""
        of_job = (
            "SELECT QUERY_ID, STATE, ERROR_MESSAGE FROM information_schema.task_runs "
            "WHERE JOB_ID IN (SELECT JOB_ID FROM information_schema.task_runs WHERE QUERY_ID = %s)"
        )
        give_up = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < give_up:
            runs = self.rows(of_job, str(query_id))
            if runs and not {state for _, state, _ in runs} & {"PENDING", "RUNNING"}:
                return runs
            time.sleep(0.02)
        raise AssertionError("the refresh did not end")


def real_settings(url: str) -> Settings:
    """The lake that STARROCKS_LAKE names, served by the StarRocks of the URL."""
    address = urlsplit(url)
    lake = os.environ.get("STARROCKS_LAKE")
    assert lake, "STARROCKS_LAKE: the settings.env of the lake that StarRocks serves"
    settings = Settings(_env_file=Path(lake))  # pyright: ignore[reportCallIssue]
    return settings.model_copy(
        update={
            "starrocks_front_ends": address.netloc.rpartition("@")[2],
            "starrocks_user": unquote(address.username or ""),
            "starrocks_password": SecretStr(unquote(address.password or "")),
        }
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Generator[Settings]:
    """A lake, and the StarRocks that serves it: real if STARROCKS_URL says so."""
    if url := os.environ.get("STARROCKS_URL"):
        yield real_settings(url)
        return
    with StandIn.start(Settings(home=tmp_path_factory.mktemp("lake"))) as stand_in:
        yield stand_in.settings.model_copy(
            update={
                "starrocks_user": stand_in.admin_user,
                "starrocks_password": SecretStr(stand_in.admin_password),
            }
        )


@pytest.fixture
def served(settings: Settings) -> Generator[Served]:
    """Two orders of the first day, in a namespace of its own; not read yet by StarRocks."""
    spec = replace(ORDERS, namespace=f"facts_{uuid.uuid4().hex[:8]}")
    with StarRocks(settings) as starrocks:
        served = Served(Lake(settings), spec, starrocks)
        served.publish(FIRST, count=2)
        try:
            yield served
        finally:
            starrocks.run(f"DROP MATERIALIZED VIEW IF EXISTS {served.view}")
            catalog = open_catalog(settings)
            for identifier in catalog.list_tables(spec.namespace):
                catalog.drop_table(identifier)
            catalog.drop_namespace(spec.namespace)


def test_it_is_a_version_that_reads_the_lake_rightly(served: Served) -> None:
    served.starrocks.version().check_supported()


def test_a_publish_shows_after_a_refresh_and_not_before(served: Served) -> None:
    by_day = rows_by_partition(served.name, "dt")
    bounds = (str(FIRST), str(THIRD))
    assert served.rows(by_day, *bounds) == [(FIRST, 2)]
    served.publish(SECOND)
    assert served.rows(row_count(served.name)) == [(2,)]
    served.rows(refresh_table(served.name))
    assert sorted(served.rows(by_day, *bounds)) == [(FIRST, 2), (SECOND, 1)]


def test_the_metadata_table_tells_which_snapshot_queries_read(served: Served) -> None:
    before = served.lake.snapshot(served.spec).snapshot_id
    ask = current_snapshot(served.name)
    assert served.rows(ask) == [(before,)]
    served.publish(SECOND)
    assert served.rows(ask) == [(before,)]
    served.rows(refresh_table(served.name))
    assert served.rows(ask) == [(served.lake.snapshot(served.spec).snapshot_id,)]


def test_refusals_are_known_by_number_or_text(served: Served) -> None:
    catalog, database = served.name.catalog, served.name.database
    missing = TableName(catalog, database, "missing")
    elsewhere = TableName(catalog, "facts_missing", "missing")
    for table in (missing, elsewhere):
        error = served.error(refresh_table(table))
        assert (error.code, "Unknown table 'missing'" in error.message) == (5502, True)
    assert served.error(row_count(missing)).code == 5502
    assert served.error(current_snapshot(missing)).code == 5502
    assert served.error(row_count(elsewhere)).code == 5501
    assert served.error(f"SHOW TABLES FROM `{catalog}`.`facts_missing`").code == 5501
    assert served.error(refresh_table(TableName("facts_missing", database, "t"))).code == 5078
    assert served.error("REFRESH EXTERNAL").code == 1064
    assert served.error(f"{refresh_table(served.name)} PARTITION (dt = '2026-03-01')").code == 1064


@pytest.mark.parametrize(
    ("statement", "code", "text", "kind"),
    [
        ('CREATE EXTERNAL CATALOG {catalog} PROPERTIES ("type" = "iceberg")', 5514, "", Refused),
        ('CREATE EXTERNAL CATALOG `1a` PROPERTIES ("type" = "iceberg")', 5063, "", Refused),
        ("CREATE DATABASE `default_catalog`.{serving}", 1007, "", Refused),
        ("DROP DATABASE `facts_missing`", 1008, "", NotThere),
        ("SELECT * FROM `facts_missing`", 1046, "", Refused),
        ("ALTER MATERIALIZED VIEW {serving}.`no` ACTIVE", 1064, "no is not found", NotThere),
        ("DROP MATERIALIZED VIEW {serving}.`no`", 1064, "no is not found", NotThere),
        (
            "REFRESH MATERIALIZED VIEW {serving}.`no` WITH ASYNC MODE",
            1064,
            "Can not find materialized view:no",
            NotThere,
        ),
        ("DROP MATERIALIZED VIEW IF EXISTS `facts_missing`.`no`", 5501, "", NotThere),
        (
            "CREATE MATERIALIZED VIEW `facts_missing`.`no` REFRESH DEFERRED MANUAL "
            "AS SELECT `dt` FROM {table}",
            1064,
            "Can not find database:facts_missing in default_catalog",
            NotThere,
        ),
        (
            "GRANT USAGE ON CATALOG `facts_missing` TO ROLE `public`",
            1064,
            "cannot find catalog: facts_missing",
            NotThere,
        ),
        (
            "GRANT CREATE MATERIALIZED VIEW ON DATABASE `facts_missing` TO ROLE `public`",
            1064,
            "cannot find db: facts_missing",
            NotThere,
        ),
        ("CACHE SELECT a.`dt` FROM {table} a JOIN {table} b ON a.`dt` = b.`dt`", 1064, "", Refused),
        (
            "SELECT `no` FROM {table}",
            1064,
            "Getting analyzing error. Detail message: ",
            Refused,
        ),
        (
            "CREATE MATERIALIZED VIEW {view} PARTITION BY (`dt`) REFRESH DEFERRED MANUAL "
            'PROPERTIES ("replication_num" = "99") AS SELECT `dt` FROM {table}',
            1064,
            "replication num should be less than",
            Refused,
        ),
    ],
)
def test_each_refusal_has_its_code_and_is_what_it_is_taken_for(
    served: Served, statement: str, code: int, text: str, kind: type[StarRocksError]
) -> None:
    names = {"catalog": f"`{served.name.catalog}`", "table": served.name.sql, "view": served.view}
    serving = f"`{served.lake.settings.starrocks_database}`"
    error = served.error(statement.format(serving=serving, **names))
    assert (error.code, text in error.message, type(error)) == (code, True, kind), error.message


def test_who_may_read_nothing_sees_an_empty_catalog_and_the_metadata_of_every_table(
    served: Served,
) -> None:
    """So neither proves that somebody may read; and the catalog's password is told to all."""
    name, word = f"facts_{uuid.uuid4().hex[:8]}", SecretStr("a word")
    served.starrocks.run(f"CREATE USER '{name}'@'%%' IDENTIFIED BY %s", (word,))
    try:
        with StarRocks(served.lake.settings, account=Account(name, word)) as nobody:
            shown = {database for (database,) in nobody.run(databases_of(served.name.catalog))}
            assert not shown - {"information_schema", "sys"}
            assert len(nobody.run(current_snapshot(served.name))) == 1
            assert nobody.run(f"SHOW CREATE CATALOG `{served.name.catalog}`")
            with pytest.raises(Denied) as denied:
                nobody.run(no_row(served.name))
            assert denied.value.code == 5203
    finally:
        served.rows(f"DROP USER '{name}'@'%'")


def test_a_table_that_was_dropped_is_gone_for_its_metadata_at_once(served: Served) -> None:
    assert served.rows(row_count(served.name)) == [(2,)]
    open_catalog(served.lake.settings).drop_table((served.spec.namespace, served.spec.name))
    assert served.error(current_snapshot(served.name)).code == 5502
    served.rows(refresh_table(served.name))
    assert served.error(refresh_table(served.name)).code == 5502


def test_a_hot_partition_can_be_warmed_up(served: Served) -> None:
    select = f"SELECT `order_id`, `dt` FROM {served.name.sql} WHERE `dt` = '{FIRST}'"
    assert served.rows(f"CACHE {select}")


def create_view(served: Served, table: TableName, column: str) -> str:
    columns = "`order_id`, `pay_amount`, `dt`"
    return (
        f"CREATE MATERIALIZED VIEW {served.view} ({columns}) PARTITION BY `{column}` "
        'REFRESH DEFERRED MANUAL PROPERTIES ("replication_num" = "1") '
        f"AS SELECT {columns} FROM {table.sql}"
    )


def test_a_view_is_refreshed_by_the_partitions_asked_for_in_runs_of_one_job(
    served: Served,
) -> None:
    served.publish(SECOND, THIRD)
    served.rows(create_view(served, served.name, "dt"))
    ((query_id,),) = served.rows(
        f"REFRESH MATERIALIZED VIEW {served.view} "
        f"PARTITION START ('{FIRST}') END ('{THIRD}') FORCE WITH ASYNC MODE"
    )
    assert {(state, error or None) for _, state, error in served.runs(query_id)} == {
        ("SUCCESS", None)
    }
    by_day = f"SELECT `dt`, COUNT(*) FROM {served.view} GROUP BY `dt` ORDER BY `dt`"
    # The end of the range is not part of it.
    assert served.rows(by_day) == [(FIRST, 2), (SECOND, 1)]


def test_a_view_over_a_table_made_anew_is_activated_again(served: Served) -> None:
    served.rows(create_view(served, served.name, "dt"))
    refresh = f"REFRESH MATERIALIZED VIEW {served.view} FORCE WITH SYNC MODE"
    served.rows(refresh)
    open_catalog(served.lake.settings).drop_table((served.spec.namespace, served.spec.name))
    served.publish(SECOND)
    served.rows(refresh_table(served.name))
    state = (
        "SELECT IS_ACTIVE, INACTIVE_REASON FROM information_schema.materialized_views "
        "WHERE TABLE_NAME = %s"
    )
    assert served.rows(state, served.spec.namespace)[0][0] == "true"
    assert "was recreated" in served.error(refresh).message
    ((is_active, reason),) = served.rows(state, served.spec.namespace)
    assert (is_active, "base-table changed" in str(reason)) == ("false", True)
    assert {row[0] for row in served.rows(f"SELECT `dt` FROM {served.view}")} == {FIRST}
    served.rows(f"ALTER MATERIALIZED VIEW {served.view} ACTIVE")
    served.rows(refresh)
    assert served.rows(f"SELECT `dt` FROM {served.view}") == [(SECOND,)]


def test_a_view_that_was_never_refreshed_says_null(served: Served) -> None:
    served.rows(create_view(served, served.name, "dt"))
    last = (
        "SELECT LAST_REFRESH_STATE, LAST_REFRESH_JOB_ID, MATERIALIZED_VIEW_DEFINITION "
        "FROM information_schema.materialized_views WHERE TABLE_NAME = %s"
    )
    ((state, *_),) = served.rows(last, served.spec.namespace)
    assert state == "null"


def test_two_refreshes_of_a_view_end_as_one(served: Served) -> None:
    """A run that follows may be merged, one that was asked for never is."""
    served.publish(SECOND, THIRD)
    served.rows(create_view(served, served.name, "dt"))
    refresh = f"REFRESH MATERIALIZED VIEW {served.view} FORCE WITH ASYNC MODE"
    asked = [served.rows(refresh)[0][0] for _ in range(2)]
    states = {query: state for each in asked for query, state, _ in served.runs(each)}
    assert {states[query] for query in asked} == {"SUCCESS"}
    assert set(states.values()) <= {"SUCCESS", "MERGED"}


def test_a_view_cannot_follow_buckets(served: Served) -> None:
    catalog = open_catalog(served.lake.settings)
    orders = catalog.load_table((served.spec.namespace, served.spec.name))
    by_bucket = PartitionSpec(PartitionField(1, 1000, BucketTransform(4), "bucket"))
    bucketed = replace(served.name, name="by_bucket")
    catalog.create_table(
        (bucketed.database, bucketed.name), orders.schema(), partition_spec=by_bucket
    )
    assert served.error(create_view(served, bucketed, "order_id")).code == 1064
