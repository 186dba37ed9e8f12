"""What the lake relies on StarRocks for in materialized views; see test_facts.py."""

from __future__ import annotations

from dataclasses import replace

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.transforms import BucketTransform

from resources.lake.catalog.catalog import open_catalog
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import (
    refresh_table,
)
from tests.lake.builders import FIRST, SECOND, THIRD
from tests.starrocks.facts import Served, served, settings

__all__ = ["served", "settings"]


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
