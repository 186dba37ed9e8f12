"""What people on duty rely on: partitions, checks of each partition, and nothing half-done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from resources.lake.lake import Lake
from resources.settings import load_settings
from tests.modeling.conftest import WriteWarehouse
from tests.orchestration.conftest import (
    DAYS,
    EVENTS as EVENTS_MODULE,
    FIRST,
    Project,
    day,
    project_of,
)

# 4, 5 and 6 o'clock UTC lie around midnight in New York, before and after the clocks change.
EVENTS = (
    ("a", "1.00", "2026-03-07 04:59:59Z"),
    ("b", "2.00", "2026-03-07 05:00:00Z"),
    ("c", "4.00", "2026-03-08 05:00:00Z"),
    ("d", "8.00", "2026-03-09 03:59:59Z"),
    ("e", "16.00", "2026-03-09 04:00:00Z"),
)
AMOUNTS = {
    day(0): Decimal("1.00"),
    day(1): Decimal("2.00"),
    day(2): Decimal("12.00"),
    day(3): Decimal("16.00"),
}


def test_a_range_equals_its_days_also_when_clocks_change(project: Project) -> None:
    project.write(*EVENTS)
    assert project.run(["dwd_event"], day(0), day(3)).success
    in_one = project.rows("dwd_event")
    assert project.amounts() == AMOUNTS
    for number in range(4):
        assert project.run(["dwd_event"], day(number), day(number)).success
    assert project.rows("dwd_event") == in_one


def test_a_range_is_one_commit(project: Project) -> None:
    project.write(*EVENTS)
    project.run(["dwd_event"], day(0), day(3))
    lake = Lake(project.settings)
    assert len(lake.history(project.warehouse.table("dwd_event").spec)) == 1


def test_a_day_without_rows_is_published_empty(project: Project) -> None:
    project.write(*EVENTS)
    result = project.run(["dwd_event"], day(4), day(4))
    assert result.success
    assert project.rows("dwd_event") == []
    assert (
        day(4)
        in Lake(project.settings).snapshot(project.warehouse.table("dwd_event").spec).published
    )


def test_each_partition_has_each_check_in_single_and_in_range_runs(project: Project) -> None:
    project.write(*EVENTS, ("f", "200.00", "2026-03-07 12:00:00Z"))
    project.run(["dwd_event"], day(0), day(2))
    project.run(["dwd_event"], day(3), day(3))
    names = {"not_null", "inside_window", "unique_key", "valid_values", "unusual_values"}
    passed = dict.fromkeys({*names, "not_thirteen", "not_too_much", "has_rows"}, "SUCCEEDED")
    assert project.checks(day(0)) == passed
    assert project.checks(day(1)) == {**passed, "unusual_values": "FAILED"}
    assert project.checks(day(2)) == passed
    assert project.checks(day(3)) == passed


def test_a_blocking_check_leaves_what_was_published(project: Project) -> None:
    project.write(*EVENTS)
    assert project.run(["dwd_event"], day(0), day(3)).success
    before = project.rows("dwd_event")
    project.write(*EVENTS[:-1], ("x", "13.00", "2026-03-07 12:00:00Z"))
    result = project.run(["dwd_event"], day(0), day(3))
    assert not result.success
    assert project.rows("dwd_event") == before
    assert project.checks(day(1))["not_thirteen"] == "FAILED"
    assert project.checks(day(2))["not_thirteen"] == "SUCCEEDED"
    evaluation = next(
        each
        for each in result.get_asset_check_evaluations()
        if each.check_name == "not_thirteen" and each.partition == day(1).isoformat()
    )
    assert evaluation.metadata["broken"].value == 1
    assert "13.00" in str(evaluation.metadata["sample"].value)
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "not_thirteen" in str(failure.step_failure_data.user_failure_data)


def test_a_partition_that_failed_is_not_shown_as_materialized(project: Project) -> None:
    project.write(("x", "13.00", "2026-03-07 12:00:00Z"))
    assert not project.run(["dwd_event"], day(1), day(1)).success
    key = dg.AssetKey("dwd_event")
    assert not project.instance.get_materialized_partitions(key)


def test_nulls_duplicates_and_negative_amounts_are_told_apart(project: Project) -> None:
    project.write(
        ("a", None, "2026-03-07 12:00:00Z"),
        ("b", "1.00", "2026-03-08 12:00:00Z"),
        ("b", "1.00", "2026-03-08 13:00:00Z"),
        ("c", "-1.00", "2026-03-09 12:00:00Z"),
    )
    assert not project.run(["dwd_event"], day(1), day(3)).success
    failed = {
        number: {name for name, status in project.checks(day(number)).items() if status == "FAILED"}
        for number in (1, 2, 3)
    }
    assert failed == {1: {"not_null"}, 2: {"unique_key"}, 3: {"valid_values"}}
    assert project.rows("ods_event")
    assert (
        Lake(project.settings).snapshot(project.warehouse.table("dwd_event").spec).published == {}
    )


def test_an_input_that_is_not_there_says_what_to_do(project: Project) -> None:
    result = project.run(["dwd_event"], FIRST, FIRST)
    failure = next(event for event in result.all_events if event.is_step_failure)
    text = str(failure.step_failure_data.user_failure_data)
    assert "input ods_event has never been published" in text
    assert "ledgerlake materialize ods_event" in text


def test_the_ui_is_told_rows_bytes_and_snapshot_of_each_partition(project: Project) -> None:
    project.write(*EVENTS)
    result = project.run(["dwd_event"], day(1), day(2))
    events = {each.partition: each for each in result.asset_materializations_for_node("dwd_event")}
    rows = {partition: each.metadata["rows"].value for partition, each in events.items()}
    assert rows == {day(1).isoformat(): 1, day(2).isoformat(): 2}
    one = events[day(1).isoformat()].metadata
    assert int(str(one["snapshot_id"].value)) > 0
    assert one["bytes"].value > 0
    # The UI takes lineage from the latest materialization; the others do not repeat it.
    latest = list(events.values())[-1].metadata
    lineage = latest["dagster/column_lineage"].value.deps_by_column
    assert "dagster/column_lineage" not in one
    assert [dep.column_name for dep in lineage["dt"]] == ["happened_at"]


def test_the_graph_maps_partitions_as_the_engine_sees_them(project: Project) -> None:
    asset = project.definitions.resolve_asset_graph().get(dg.AssetKey("dwd_event"))
    assert asset.partitions_def == dg.DailyPartitionsDefinition(
        FIRST.isoformat(), timezone="America/New_York"
    )
    assert asset.owners == ["team:trade"]
    assert asset.group_name == "fact_trade"
    assert date.fromisoformat(asset.partitions_def.get_first_partition_key()) == FIRST


def test_a_guard_judges_each_partition_as_a_whole(project: Project) -> None:
    project.write(*EVENTS, ("x", "900.00", "2026-03-07 12:00:00Z"), ("y", "99.99", EVENTS[1][2]))
    assert not project.run(["dwd_event"], day(0), day(2)).success
    failed = [
        number for number in range(3) if project.checks(day(number))["not_too_much"] != "SUCCEEDED"
    ]
    assert failed == [1]
    assert (
        Lake(project.settings).snapshot(project.warehouse.table("dwd_event").spec).published == {}
    )


def test_a_guard_of_an_empty_partition_warns(project: Project) -> None:
    project.write(*EVENTS)
    assert project.run(["dwd_event"], day(3), day(5)).success
    has_rows = {number: project.checks(day(number))["has_rows"] for number in (3, 4, 5)}
    assert has_rows == {3: "SUCCEEDED", 4: "FAILED", 5: "FAILED"}
    assert project.checks(day(4))["not_too_much"] == "SUCCEEDED"


def test_a_warning_says_how_to_see_every_row_that_broke_it(project: Project) -> None:
    unusual = [(f"f{number}", f"{101 + number}.00", "2026-03-07 12:00:00Z") for number in range(7)]
    project.write(*EVENTS, *unusual)
    result = project.run(["dwd_event"], day(1), day(1))
    evaluation = next(
        each
        for each in result.get_asset_check_evaluations()
        if each.check_name == "unusual_values" and each.partition
    )
    query = str(evaluation.metadata["query for all"].value).strip("`").removeprefix("sql\n")
    lake = Lake(project.settings)
    relation = lake.relation_sql(lake.snapshot(project.warehouse.table("dwd_event").spec), None)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW dwd_event AS {relation}")
        found = connection.execute(query).fetchall()
    assert sorted(row[0] for row in found) == [row[0] for row in unusual]


def test_a_sample_shows_every_column_of_its_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> None:
    names = [f"part_{number}" for number in range(1, 8)]
    columns = "\n".join(f'    {name}: Money = column("Part")' for name in names)
    wide = DAYS.replace("    dt: Day", f"{columns}\n    dt: Day")
    wide = wide.replace('check("not_thirteen", "pay_amount <> 13.00")', f'check("parts_add_up", '
                        f'"pay_amount = {" + ".join(names)}", warn=True)')  # fmt: skip
    given = ", ".join(f"1.00 AS {name}" for name in names)
    wide = wide.replace("AS unusual_amount,\n", f"AS unusual_amount, {given},\n")
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    warehouse = write_warehouse({"ods/ods_event": EVENTS_MODULE, "fact/dwd_event": wide})
    project = project_of(warehouse, load_settings())
    project.write(*EVENTS)
    result = project.run(["dwd_event"], day(1), day(1))
    evaluation = next(
        each
        for each in result.get_asset_check_evaluations()
        if each.check_name == "parts_add_up" and each.partition
    )
    shown = {column.name for column in evaluation.metadata["sample"].value.schema.columns}
    assert shown >= {"event_no", "pay_amount", *names}
