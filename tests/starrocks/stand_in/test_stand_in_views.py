"""Materialized views of the stand-in: what is refused, and how a refresh goes."""

from __future__ import annotations

import time
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.transforms import BucketTransform, MonthTransform

from resources.lake.catalog.catalog import open_catalog
from resources.lake.lake import Lake
from tests.lake.builders import (
    CITIES,
    FIRST,
    SECOND,
    THIRD,
    order_rows,
    publish_orders,
    publish_sql,
)
from tests.starrocks.stand_in.small_lake import ORDER_TABLE, client_of, lake_of_three_orders
from tests.starrocks_stand_in import StandIn
from tests.starrocks_stand_in.wire_client import WireClient

VIEW = "`ledgerlake_serving`.`dwd_order`"
COUNT_BY_DAY = f"SELECT `dt`, COUNT(*) FROM {VIEW} GROUP BY `dt` ORDER BY `dt`"
RUNS = (
    "SELECT JOB_ID, STATE FROM information_schema.task_runs "
    "WHERE TASK_NAME = 'mv-10001' ORDER BY CREATE_TIME"
)
ALL_DAYS = f"PARTITION START ('{FIRST}') END ('{THIRD + timedelta(days=1)}')"
FOREVER = 1_000.0


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Orders of two days: three and two."""
    lake = lake_of_three_orders(tmp_path / "home")
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    return lake


@pytest.fixture
def stand_in(lake: Lake) -> Generator[StandIn]:
    """Set up, with a view of the orders by day, empty."""
    with StandIn.start(lake.settings) as stand_in:
        yield stand_in


@pytest.fixture
def client(stand_in: StandIn) -> Generator[WireClient]:
    """The service user, who has made the view."""
    with client_of(stand_in) as client:
        client.rows(create_view())
        yield client


def create_view(
    table: str = ORDER_TABLE,
    partition: str = "PARTITION BY (`dt`)",
    columns: str = "`order_id`, `pay_amount`, `dt`",
    refresh: str = "REFRESH DEFERRED MANUAL",
) -> str:
    """The statement, as the lake would send it."""
    return (
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {VIEW} ({columns}) COMMENT 'it''s made AS SELECT' "
        f"{partition} ORDER BY (`order_id`) {refresh} "
        f"PROPERTIES ('partition_refresh_number' = '1', 'replication_num' = '1') "
        f"AS SELECT {columns} FROM {table}"
    )


def refresh(options: str) -> str:
    """The statement."""
    return f"REFRESH MATERIALIZED VIEW {VIEW} {options}"


def states(client: WireClient) -> list[str]:
    """The state of each task run, in the order they were asked for."""
    return [state for _, state in client.rows(RUNS)]


def wait(client: WireClient) -> None:
    """Until no task run is to come."""
    while {"PENDING", "RUNNING"} & set(states(client)):
        time.sleep(0.005)


def test_only_the_partitions_that_were_asked_for_are_refreshed(
    lake: Lake, client: WireClient
) -> None:
    assert client.rows(COUNT_BY_DAY) == []
    client.rows(refresh(f"PARTITION START ('{FIRST}') END ('{SECOND}') FORCE WITH SYNC MODE"))
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3)]
    client.rows(refresh(f"PARTITION (('{SECOND}')) FORCE WITH SYNC MODE"))
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3), (SECOND, 2)]

    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    publish_orders(lake, SECOND, [])
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3), (SECOND, 2)]
    client.rows(refresh(f"PARTITION START ('{SECOND}') END ('{THIRD}') FORCE WITH SYNC MODE"))
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3)]


def test_one_refresh_is_several_task_runs_of_one_job(stand_in: StandIn, client: WireClient) -> None:
    stand_in.run_seconds = FOREVER
    query_id = client.value(refresh(f"{ALL_DAYS} FORCE WITH ASYNC MODE"))
    assert states(client) == ["PENDING"]
    assert client.rows(COUNT_BY_DAY) == []
    stand_in.run_seconds = 0.0
    wait(client)
    ids = client.rows("SELECT QUERY_ID, JOB_ID, STATE FROM information_schema.task_runs")
    assert len({job for _, job, _ in ids}) == 1
    assert [state for *_, state in ids] == ["SUCCESS", "SUCCESS"]
    assert ids[0][0] == query_id != ids[1][0]
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3), (SECOND, 2)]


def test_without_force_unchanged_partitions_are_left(lake: Lake, client: WireClient) -> None:
    client.rows(refresh("WITH SYNC MODE"))
    publish_orders(lake, SECOND, order_rows(SECOND, 4))
    client.rows(refresh("WITH SYNC MODE"))
    refreshed = (
        "SELECT LAST_REFRESH_MV_REFRESH_PARTITIONS, LAST_REFRESH_STATE, IS_ACTIVE "
        "FROM information_schema.materialized_views WHERE TABLE_NAME = 'dwd_order'"
    )
    assert client.rows(refreshed) == [(f"['{SECOND}']", "SUCCESS", "true")]
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3), (SECOND, 4)]


def test_a_run_that_follows_another_is_merged_and_one_that_was_asked_for_is_not(
    stand_in: StandIn, client: WireClient
) -> None:
    stand_in.run_seconds = FOREVER
    first, second = (client.value(refresh("FORCE WITH ASYNC MODE")) for _ in range(2))
    assert states(client) == ["PENDING", "PENDING"]
    assert {job for job, _ in client.rows(RUNS)} == {None}
    stand_in.run_seconds = 0.05
    wait(client)
    runs = client.rows(
        "SELECT QUERY_ID, JOB_ID, STATE, PROPERTIES FROM information_schema.task_runs"
    )
    jobs = {query_id: job for query_id, job, *_ in runs}
    of_first = sorted(state for _, job, state, _ in runs if job == jobs[first])
    of_second = sorted(state for _, job, state, _ in runs if job == jobs[second])
    assert (of_first, of_second) == (["MERGED", "SUCCESS"], ["SUCCESS", "SUCCESS"])
    following = {query_id for query_id, *_, asked in runs if "START_TASK_RUN_ID" in asked}
    assert following == set(jobs) - {first, second}


def test_a_run_that_fails_ends_its_job_and_says_why(stand_in: StandIn, client: WireClient) -> None:
    stand_in.faults.fail_run()
    client.rows(refresh("FORCE WITH ASYNC MODE"))
    wait(client)
    failed = "SELECT STATE, ERROR_MESSAGE FROM information_schema.task_runs"
    assert client.rows(failed) == [("FAILED", "told to fail")]
    stand_in.faults.fail_run()
    assert client.error(refresh("FORCE WITH SYNC MODE"))[0] == 1064
    client.rows(refresh("FORCE WITH SYNC MODE"))
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3), (SECOND, 2)]


def test_a_view_over_a_table_made_anew_is_inactive_until_it_is_activated(
    lake: Lake, client: WireClient
) -> None:
    client.rows(refresh("WITH SYNC MODE"))
    open_catalog(lake.settings).drop_table(("fact", "dwd_order"))
    publish_orders(lake, THIRD, order_rows(THIRD, 1))
    client.rows(f"REFRESH EXTERNAL TABLE {ORDER_TABLE}")
    active = "SELECT IS_ACTIVE, INACTIVE_REASON FROM information_schema.materialized_views"
    assert client.rows(active) == [("true", "")]
    assert "was recreated" in client.error(refresh("WITH SYNC MODE"))[1]
    assert client.rows(active) == [("false", "base-table changed: dwd_order")]
    assert client.rows(COUNT_BY_DAY) == [(FIRST, 3), (SECOND, 2)]
    assert "not active" in client.error(refresh("WITH SYNC MODE"))[1]
    client.rows(f"ALTER MATERIALIZED VIEW {VIEW} ACTIVE")
    client.rows(refresh("WITH SYNC MODE"))
    assert client.rows(COUNT_BY_DAY) == [(THIRD, 1)]


def test_a_refresh_of_the_view_brings_its_base_up_to_date_on_the_leader(
    lake: Lake, client: WireClient
) -> None:
    client.rows(refresh("WITH SYNC MODE"))
    publish_orders(lake, THIRD, order_rows(THIRD, 1))
    client.rows(refresh("WITH SYNC MODE"))
    assert client.value(f"SELECT COUNT(*) FROM {ORDER_TABLE}") == 6


@pytest.mark.parametrize("kind", ["bucket", "several specs", "no partition", "no refresh clause"])
def test_what_a_view_cannot_follow_is_refused(lake: Lake, client: WireClient, kind: str) -> None:
    table, partition = ORDER_TABLE, "PARTITION BY (`dt`)"
    client.rows(f"DROP MATERIALIZED VIEW {VIEW}")
    catalog = open_catalog(lake.settings)
    orders = catalog.load_table(("fact", "dwd_order"))
    if kind == "bucket":
        field = PartitionField(1, 1000, BucketTransform(4), "bucket")
        catalog.create_table(
            ("fact", "by_bucket"), orders.schema(), partition_spec=PartitionSpec(field)
        )
        table, partition = "`ledgerlake`.`fact`.`by_bucket`", "PARTITION BY (`order_id`)"
    elif kind == "several specs":
        orders.update_spec().add_field("dt", MonthTransform(), "month").commit()
        client.rows(f"REFRESH EXTERNAL TABLE {ORDER_TABLE}")
    elif kind == "no partition":
        partition = "PARTITION BY (`order_id`)"
    statement = create_view(table, partition)
    if kind == "no refresh clause":
        statement = create_view(table, partition, refresh="")
    assert client.error(statement)[0] == 1064
    assert client.rows("SELECT * FROM information_schema.materialized_views") == []


def test_a_view_of_a_table_without_partitions_is_replaced_whole(
    lake: Lake, client: WireClient
) -> None:
    client.rows(f"DROP MATERIALIZED VIEW {VIEW}")
    publish_sql(lake, CITIES, None, "SELECT 1::BIGINT AS city_id, 'Delft' AS city_name")
    cities = "`ledgerlake`.`dim`.`dim_city`"
    client.rows(
        f"CREATE MATERIALIZED VIEW {VIEW} REFRESH DEFERRED MANUAL "
        f"PROPERTIES ('replication_num' = '1') AS SELECT city_name FROM {cities}"
    )
    client.rows(refresh("WITH SYNC MODE"))
    publish_sql(lake, CITIES, None, "SELECT 2::BIGINT AS city_id, 'Leiden' AS city_name")
    assert client.rows(f"SELECT * FROM {VIEW}") == [("Delft",)]
    client.rows(refresh("WITH SYNC MODE"))
    assert client.rows(f"SELECT * FROM {VIEW}") == [("Leiden",)]
    assert client.error(refresh(f"{ALL_DAYS} FORCE"))[0] == 1064


def test_cache_select_is_for_one_external_table_and_its_own_columns(client: WireClient) -> None:
    warm = f"CACHE SELECT `order_id`, `dt` FROM {ORDER_TABLE} WHERE `dt` = '{FIRST}'"
    assert len(client.rows(warm)) == 1
    assert client.error(f"CACHE SELECT `nothing` FROM {ORDER_TABLE}")[0] == 1064
    assert client.error(f"CACHE SELECT * FROM {VIEW}")[0] == 1064
    assert client.error("CACHE TABLE SELECT 1")[0] == 1064
