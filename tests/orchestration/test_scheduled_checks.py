"""Scheduled checks: what is late or changed stays to be seen, whatever runs meanwhile."""

from __future__ import annotations

from dataclasses import replace

import dagster as dg
import pytest

from tests.orchestration.conftest import Project, day
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.scheduled_checks import (
    FRESH,
    UP_TO_DATE,
    scheduled_checks,
    scheduled_checks_sensor,
)

KEY = dg.AssetKey("dwd_event")


@pytest.fixture
def watched(project: Project) -> Project:
    assets = list(project.definitions.assets or [])
    return replace(
        project,
        definitions=dg.Definitions(
            assets=assets,
            asset_checks=scheduled_checks(project.warehouse),
            resources={"lake": LakeResource()},
            executor=dg.in_process_executor,
        ),
    )


def tick(project: Project) -> str | None:
    context = dg.build_sensor_context(
        instance=project.instance,
        definitions=project.definitions,
        resources={"lake": LakeResource()},
    )
    result = scheduled_checks_sensor(project.warehouse)(context)
    assert isinstance(result, dg.SkipReason)
    return result.skip_message


def answer(project: Project, check: str = FRESH) -> tuple[bool, int | None]:
    """Whether the check passes, and the materialization it is about, as the UI has them."""
    key = dg.AssetCheckKey(KEY, check)
    executions = project.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])
    evaluation = executions[key].evaluation
    assert evaluation is not None
    target = evaluation.target_materialization_data
    return evaluation.passed, target and target.storage_id


def problem(project: Project, check: str) -> str | None:
    """What the UI says is wrong."""
    key = dg.AssetCheckKey(KEY, check)
    executions = project.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])
    evaluation = executions[key].evaluation
    assert evaluation is not None
    return evaluation.description


def test_a_late_partition_is_reported_once(watched: Project) -> None:
    # That it is late, and of both tables that nothing published is stale.
    assert tick(watched) == "3 scheduled checks changed"
    assert answer(watched) == (False, None)
    assert tick(watched) == "0 scheduled checks changed"


def test_it_is_reported_again_after_a_run_that_did_not_mend_it(watched: Project) -> None:
    assert tick(watched) == "3 scheduled checks changed"
    back_filled = dg.AssetMaterialization(KEY, partition=day(1).isoformat())
    watched.instance.report_runless_asset_event(back_filled)
    # Both answers of the table are void once it has a newer materialization.
    assert tick(watched) == "2 scheduled checks changed"
    [record] = watched.instance.get_asset_records([KEY])
    latest = record.asset_entry.last_materialization_record
    assert latest is not None
    assert answer(watched) == (False, latest.storage_id)
    assert tick(watched) == "0 scheduled checks changed"


def test_a_run_that_failed_before_the_check_does_not_hide_it(watched: Project) -> None:
    watched.write(("a", "13.00", "2026-03-07 12:00:00Z"))
    assert not watched.run(["dwd_event"], day(1), day(1)).success
    assert tick(watched) == "2 scheduled checks changed"
    assert answer(watched) == (False, None)


def test_partitions_made_of_older_inputs_are_stale_until_they_are_made_again(
    watched: Project,
) -> None:
    watched.write(("a", "10.00", "2026-03-07 12:00:00Z"))
    assert watched.run(["dwd_event"], day(0), day(2)).success
    tick(watched)
    assert problem(watched, UP_TO_DATE) is None
    watched.write(("a", "12.00", "2026-03-07 12:00:00Z"))
    tick(watched)
    assert answer(watched, UP_TO_DATE)[0] is False
    named = f"ods_event published since: {day(0)}..{day(2)}"
    assert problem(watched, UP_TO_DATE) == f"3 of 3 days are stale: {named}"
    assert watched.run(["dwd_event"], day(1), day(1)).success
    tick(watched)
    named = f"ods_event published since: {day(0)}, {day(2)}"
    assert problem(watched, UP_TO_DATE) == f"2 of 3 days are stale: {named}"


def test_a_change_of_code_is_seen_without_any_run(watched: Project) -> None:
    watched.write(("a", "10.00", "2026-03-07 12:00:00Z"))
    assert watched.run(["dwd_event"], day(0), day(1)).success
    table = watched.warehouse.table("dwd_event")
    changed = replace(table, sql=str(table.sql).replace("e.pay_amount,", "2 * e.pay_amount,"))
    tables = {**watched.warehouse.tables, "dwd_event": changed}
    tick(replace(watched, warehouse=replace(watched.warehouse, tables=tables)))
    assert problem(watched, UP_TO_DATE) == (
        f"2 of 2 days are stale: its code changed: {day(0)}..{day(1)}"
    )
