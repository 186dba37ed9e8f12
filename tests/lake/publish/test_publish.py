"""A publish makes a window hold exactly the staged rows, in one snapshot, or changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest

from resources.errors import AuditFailed, SettingsError
from resources.lake.lake import Lake
from resources.lake.model.publication_record import (
    InputState,
    PublishContext,
    SourceFile,
    digest_of,
)
from resources.lake.model.window import Window
from tests.lake.builders import (
    CITIES,
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    context,
    data_files,
    folder_of,
    metadata_location,
    order_rows,
    publish_orders,
    publish_sql,
    read,
    select_of,
)


def test_first_publish_creates_the_table_as_the_contract_says(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))

    table = lake.snapshot(ORDERS).table
    assert [(field.name, field.doc) for field in table.schema().fields] == [
        (column.name, column.doc) for column in ORDERS.columns
    ]
    assert [str(field.field_type) for field in table.schema().fields] == [
        "long",
        "decimal(18, 2)",
        "date",
    ]
    assert [(f.name, str(f.transform)) for f in table.spec().fields] == [("dt", "identity")]
    assert table.format_version == 2
    assert table.properties["comment"] == ORDERS.doc
    assert lake.tables() == [("fact", "dwd_order")]
    assert read(lake) == order_rows(FIRST, 2)


def test_replacing_a_day_leaves_the_others_and_makes_one_snapshot(lake: Lake):
    publish_orders(
        lake, Window.of_days(FIRST, SECOND), [*order_rows(FIRST, 3), *order_rows(SECOND, 2)]
    )
    publish_orders(lake, FIRST, order_rows(FIRST, 1, "7.00"), run_id="run-2")

    assert read(lake) == sorted([*order_rows(FIRST, 1, "7.00"), *order_rows(SECOND, 2)])
    latest, oldest = lake.history(ORDERS)
    assert latest.parent_snapshot_id == oldest.snapshot_id
    assert (latest.run_id, latest.code_version, latest.window) == (
        "run-2",
        "version-1",
        "2026-03-01",
    )
    assert oldest.window == "2026-03-01..2026-03-02"


def test_a_rerun_gives_the_same_rows(lake: Lake):
    for _ in range(2):
        publish_orders(lake, FIRST, order_rows(FIRST, 3))

    assert read(lake) == order_rows(FIRST, 3)
    assert len(lake.history(ORDERS)) == 2


def test_a_day_without_rows_is_published_as_empty(lake: Lake):
    first = publish_orders(lake, FIRST, [])

    assert first.partitions == {FIRST: 0}
    assert (first.rows, first.files, first.bytes) == (0, 0, 0)
    assert dict(lake.snapshot(ORDERS).published) == {FIRST: first.publication_id}
    assert read(lake) == []

    again = publish_orders(lake, FIRST, [])
    assert dict(lake.snapshot(ORDERS).published) == {FIRST: again.publication_id}
    assert len(lake.history(ORDERS)) == 2


def test_an_empty_result_takes_the_rows_of_its_day_away(lake: Lake):
    publish_orders(
        lake, Window.of_days(FIRST, SECOND), [*order_rows(FIRST, 3), *order_rows(SECOND, 2)]
    )
    publish_orders(lake, FIRST, [])

    assert read(lake) == order_rows(SECOND, 2)
    assert set(lake.snapshot(ORDERS).published) == {FIRST, SECOND}


def test_many_days_are_one_snapshot_and_days_without_rows_are_published(lake: Lake):
    published = publish_orders(
        lake, Window.of_days(FIRST, THIRD), [*order_rows(FIRST, 3), *order_rows(THIRD, 1)]
    )

    assert published.partitions == {FIRST: 3, SECOND: 0, THIRD: 1}
    assert published.rows == 4
    assert set(lake.snapshot(ORDERS).published) == {FIRST, SECOND, THIRD}
    assert len(lake.history(ORDERS)) == 1


def test_a_table_without_partition_is_replaced_whole(lake: Lake):
    publish_sql(lake, CITIES, None, "SELECT 1::BIGINT AS city_id, 'Lima' AS city_name")
    published = publish_sql(lake, CITIES, None, "SELECT 2::BIGINT AS city_id, 'Oslo' AS city_name")

    assert read(lake, CITIES) == [(2, "Oslo")]
    assert published.partitions == {None: 1}
    assert dict(lake.snapshot(CITIES).published) == {None: published.publication_id}

    publish_sql(lake, CITIES, None, "SELECT 2::BIGINT AS city_id, 'Oslo' AS city_name WHERE false")
    assert read(lake, CITIES) == []


@pytest.mark.parametrize(("spec", "window"), [(ORDERS, None), (CITIES, Window.of_day(FIRST))])
def test_a_window_goes_with_partitioned_tables_only(lake: Lake, spec, window):
    with pytest.raises(SettingsError, match=spec.name):
        publish_sql(lake, spec, window, "SELECT 1")


def test_rows_that_break_a_check_are_never_visible(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    before, files = metadata_location(lake), data_files(lake)

    with pytest.raises(AuditFailed, match="pay_amount_not_negative") as failure:
        publish_orders(lake, FIRST, order_rows(FIRST, 5, "-1.00"))

    assert "fact.dwd_order, 2026-03-01" in str(failure.value)
    assert "5 of 5 rows" in str(failure.value)
    assert not failure.value.report.passed
    assert metadata_location(lake) == before
    assert data_files(lake) == files
    assert read(lake) == order_rows(FIRST, 2)


def test_a_table_whose_first_rows_fail_does_not_come_to_be(lake: Lake):
    with pytest.raises(AuditFailed):
        publish_orders(lake, FIRST, order_rows(FIRST, 1, "-1.00"))

    assert lake.tables() == []
    assert lake.snapshot(ORDERS).table is None
    assert data_files(lake) == set()


def test_a_mistake_in_the_sql_leaves_nothing_behind(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    before, files = metadata_location(lake), data_files(lake)

    with pytest.raises(Exception, match="no_such_table"):
        publish_sql(lake, ORDERS, Window.of_day(FIRST), "SELECT * FROM no_such_table")

    assert (metadata_location(lake), data_files(lake)) == (before, files)


def test_a_reader_of_a_snapshot_sees_what_it_was(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    snapshot = lake.snapshot(ORDERS)
    publish_orders(lake, FIRST, order_rows(FIRST, 4, "9.00"))

    assert read(lake, snapshot=snapshot) == order_rows(FIRST, 2)
    assert read(lake) == order_rows(FIRST, 4, "9.00")


def test_a_table_never_published_is_an_empty_snapshot(lake: Lake):
    snapshot = lake.snapshot(ORDERS)

    assert (snapshot.snapshot_id, dict(snapshot.published), snapshot.table) == (None, {}, None)
    assert lake.record(snapshot, FIRST) is None
    assert read(lake, snapshot=snapshot) == []


def test_the_record_of_a_partition_says_what_it_was_made_from(lake: Lake):
    inputs = {FIRST: {"ods_order": InputState(7, "digest", 1)}, SECOND: {}}
    sources = (SourceFile("order_center/order/2026-03-01/part.csv", 120, 1_700_000_000, 2),)
    with duckdb.connect() as connection:
        published = lake.publish(
            ORDERS,
            Window.of_days(FIRST, SECOND),
            select_of(order_rows(FIRST, 2)),
            connection,
            PublishContext("run-9", "version-3", inputs, sources),
        )

    snapshot = lake.snapshot(ORDERS)
    record = lake.record(snapshot, FIRST)
    assert record == lake.record(snapshot, SECOND)
    assert record.publication_id == published.publication_id == snapshot.published[FIRST]
    assert (record.table, record.run_id, record.code_version) == (
        "fact.dwd_order",
        "run-9",
        "version-3",
    )
    assert record.window == Window.of_days(FIRST, SECOND)
    assert {day: each.rows for day, each in record.partitions.items()} == {FIRST: 2, SECOND: 0}
    assert record.partitions[FIRST].inputs == inputs[FIRST]
    assert record.sources == sources
    assert record.parent_snapshot_id is None
    assert {outcome.failed for outcome in record.audit} == {0}
    assert "pay_amount_not_negative" in {outcome.name for outcome in record.audit}
    assert abs((datetime.now(UTC) - record.published_at).total_seconds()) < 600


def test_the_record_of_a_whole_table_is_found_without_a_date(lake: Lake):
    publish_sql(lake, CITIES, None, "SELECT 1::BIGINT AS city_id, 'Lima' AS city_name")

    record = lake.record(lake.snapshot(CITIES), None)
    assert record.window is None
    assert {day: each.rows for day, each in record.partitions.items()} == {None: 1}


def test_a_digest_changes_exactly_when_a_visible_publication_does():
    published = {FIRST: "a", SECOND: "b"}

    assert digest_of(published, [FIRST]) == digest_of({FIRST: "a", SECOND: "c"}, [FIRST])
    assert digest_of(published, [FIRST]) != digest_of({FIRST: "c"}, [FIRST])
    assert digest_of(published, [SECOND, FIRST]) == digest_of(published, [FIRST, SECOND])
    assert digest_of(published, [FIRST]) != digest_of(published, [SECOND])
    assert digest_of(published, [THIRD]) == digest_of({}, [FIRST])


def test_progress_is_told_in_order(lake: Lake):
    told: list[str] = []
    published = publish_orders(lake, FIRST, order_rows(FIRST, 1), on_stage=told.append)

    assert told == ["staging", "auditing", "publishing"]
    assert set(published.seconds) == {"stage", "audit", "publish"}


def test_totals_are_those_of_the_files(lake: Lake):
    published = publish_orders(
        lake, Window.of_days(FIRST, SECOND), [*order_rows(FIRST, 3), *order_rows(SECOND, 2)]
    )

    files = list(folder_of(lake).glob("data/**/*.parquet"))
    assert published.files == len(files) == 2
    assert published.bytes == sum(path.stat().st_size for path in files)
    assert published.rows == 5


def test_two_tables_do_not_see_each_other(lake: Lake):
    other = replace(ORDERS, name="dwd_other")
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    publish_orders(lake, FIRST, order_rows(FIRST, 2), spec=other)
    publish_orders(lake, FIRST, [])

    assert read(lake) == []
    assert read(lake, other) == order_rows(FIRST, 2)


def test_what_the_context_holds_is_what_the_snapshot_says(lake: Lake):
    published = publish_orders(lake, FIRST, order_rows(FIRST, 1), run_id="run-77")

    (snapshot,) = lake.history(ORDERS)
    assert snapshot.publication_id == published.publication_id
    assert snapshot.snapshot_id == published.snapshot_id == lake.snapshot(ORDERS).snapshot_id
    assert snapshot.run_id == "run-77"
    assert snapshot.code_version == context().code_version
