"""A view holds what its table holds once its refresh is said to be done, whatever happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyiceberg.transforms import MonthTransform

from resources.lake.catalog.catalog import open_catalog
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.starrocks.client.errors import Refused
from resources.starrocks.refresh.post_refresh import AfterRefresh, Outcome, after_verified
from resources.starrocks.views.served_table import MaterializedView, ServedTable
from resources.starrocks.views.view_definition import view_definition
from resources.starrocks.views.views import ViewChange, create_view
from tests.lake.builders import FIRST, publish_sql
from tests.starrocks.served_lake import (
    SPEC,
    VIEW_NAME,
    WITH_VIEW,
    Serving,
    after,
    day,
    publish,
)


def test_only_what_changed_is_refreshed_once_the_view_is_filled(serving: Serving) -> None:
    serving.refresh([1])
    assert serving.sent("REFRESH MAT") == [
        f"REFRESH MATERIALIZED VIEW {VIEW_NAME} FORCE WITH ASYNC MODE"
    ]
    assert serving.view_rows() == serving.lake_rows()

    publish(serving.lake, 0, rows=4)
    publish(serving.lake, 1, rows=2)
    publish(serving.lake, 3, rows=2)
    serving.refresh([1, 3])
    assert [each.split(VIEW_NAME)[1] for each in serving.sent("REFRESH MAT")[1:]] == [
        f" PARTITION START ('{day(1)}') END ('{day(2)}') FORCE WITH ASYNC MODE",
        f" PARTITION START ('{day(3)}') END ('{day(4)}') FORCE WITH ASYNC MODE",
    ]
    rows = serving.view_rows()
    assert [row for row in rows if row[2] != FIRST] == [
        row for row in serving.lake_rows() if row[2] != FIRST
    ]
    # The first day was not named, and so not refreshed.
    assert len([row for row in rows if row[2] == FIRST]) == 1
    serving.refresh([0])
    assert serving.view_rows() == serving.lake_rows()


def test_a_day_that_lost_its_rows_loses_them_in_the_view(serving: Serving) -> None:
    serving.refresh(None)
    publish(serving.lake, 1, rows=0)
    serving.refresh([1])
    assert {row[2] for row in serving.view_rows()} == {day(0), day(2)}


def test_a_view_whose_table_was_made_anew_is_activated_and_filled(serving: Serving) -> None:
    """StarRocks does not notice before the view's next refresh, which fails."""
    serving.refresh(None)
    open_catalog(serving.lake.settings).drop_table((SPEC.namespace, SPEC.name))
    publish(serving.lake, 5, days=2, rows=2)
    serving.client.run("REFRESH EXTERNAL TABLE `ledgerlake`.`fact`.`dwd_order`")
    active = "SELECT IS_ACTIVE FROM information_schema.materialized_views"
    assert serving.client.run(active) == [("true",)]
    serving.refresh([5])
    assert serving.sent("ALTER MAT") == [f"ALTER MATERIALIZED VIEW {VIEW_NAME} ACTIVE"]
    assert serving.view_rows() == serving.lake_rows()


def test_replicas_are_as_declared_and_not_more_than_back_ends(serving: Serving) -> None:
    """A cluster of one back end has views without any setting, and so has one of three."""
    three = replace(WITH_VIEW, view=MaterializedView(replicas=3))
    step = after_verified(serving.client, serving.settings, three, {FIRST}).steps[0]
    assert step.outcome is Outcome.FAILED
    assert "LEDGERLAKE_STARROCKS_VIEW_REPLICAS" in str(step.error and step.error.next_step)
    for back_ends, served, replicas in ((1, WITH_VIEW, 1), (3, WITH_VIEW, 1), (3, three, 3)):
        serving.stand_in.back_ends = back_ends
        assert create_view(serving.client, serving.settings, served) is not ViewChange.WAITS
        assert f'"replication_num" = "{replicas}"' in serving.sent("CREATE MAT")[-1]
    wide = serving.settings.model_copy(update={"starrocks_view_replicas": 2})
    assert '"replication_num" = "2"' in view_definition(wide, WITH_VIEW).create


def test_a_view_follows_its_contract(serving: Serving) -> None:
    assert create_view(serving.client, serving.settings, WITH_VIEW) is ViewChange.CREATED
    serving.refresh([0])
    assert create_view(serving.client, serving.settings, WITH_VIEW) is ViewChange.NONE
    assert len(serving.sent("CREATE MAT")) == 1

    note = ColumnSpec("note", "VARCHAR", "What was noted.", nullable=True)
    grown = replace(SPEC, columns=(*SPEC.columns[:2], note, SPEC.columns[2]))
    select = f"SELECT 1::BIGINT AS order_id, 2.50 AS pay_amount, 'x' AS note, DATE '{day(1)}' AS dt"
    publish_sql(serving.lake, grown, Window.of_day(day(1)), select)
    serving.client.run("REFRESH EXTERNAL TABLE `ledgerlake`.`fact`.`dwd_order`")
    serving.refresh([1], ServedTable(grown, view=MaterializedView(sort_by=("note",))))
    noted = serving.client.run(f"SELECT dt, note FROM {VIEW_NAME} ORDER BY dt")
    assert noted == [(day(0), None), (day(1), "x"), (day(2), None)]
    assert "ORDER BY (`note`)" in serving.sent("CREATE MAT")[-1]


def test_a_view_waits_for_its_table_to_be_published(serving: Serving) -> None:
    """Setup can be run before anything is in the lake."""
    unpublished = ServedTable(replace(SPEC, name="dwd_later"), view=MaterializedView())
    assert create_view(serving.client, serving.settings, unpublished) is ViewChange.WAITS
    assert serving.sent("CREATE MAT") == []


def test_a_view_of_somebody_else_is_left_alone(serving: Serving) -> None:
    serving.client.run(
        f"CREATE MATERIALIZED VIEW {VIEW_NAME} REFRESH DEFERRED MANUAL "
        'PROPERTIES ("replication_num" = "1") '
        "AS SELECT `order_id` FROM `ledgerlake`.`fact`.`dwd_order`"
    )
    with pytest.raises(Refused, match="which this lake has not made"):
        create_view(serving.client, serving.settings, WITH_VIEW)
    assert serving.sent("DROP MAT") == []


def test_a_table_partitioned_anew_by_another_engine_is_refused(serving: Serving) -> None:
    table = open_catalog(serving.lake.settings).load_table((SPEC.namespace, SPEC.name))
    table.update_spec().add_field("dt", MonthTransform(), "month").commit()
    step = after(serving, 1).steps[0]
    assert step.outcome is Outcome.FAILED
    assert "fact.dwd_order cannot have a view" in str(step.error)
    assert "Make a new table" in str(step.error)
    assert serving.sent("CREATE MAT") == []


def test_a_table_without_steps_or_changes_is_sent_nothing(serving: Serving) -> None:
    assert (
        after_verified(serving.client, serving.settings, ServedTable(SPEC), {FIRST})
        == AfterRefresh()
    )
    assert after(serving).is_complete
    assert serving.sent("") == []


def test_a_table_without_partitions_has_no_view(serving: Serving) -> None:
    whole = replace(SPEC, partition_column=None)
    with pytest.raises(Refused, match="has no partitions"):
        view_definition(serving.settings, ServedTable(whole, view=MaterializedView()))
