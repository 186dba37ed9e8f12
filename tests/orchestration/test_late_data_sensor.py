"""The late-rows sensor runs what is stale, once, and leaves alone what failed."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg
import pytest

from tests.orchestration.conftest import Project
from warehouse_assets.orchestration import late_data_sensor
from warehouse_assets.orchestration.jobs import finance_day
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.late_data_sensor import late_rows_sensor


def tick(project: Project) -> dg.RunRequest | str | None:
    """What the sensor asks for, or why it asks for nothing."""
    context = dg.build_sensor_context(instance=project.instance, resources={"lake": LakeResource()})
    found = list(late_rows_sensor(finance_day(project.warehouse), project.warehouse)(context))  # type: ignore[call-overload]
    assert len(found) == 1
    result = found[0]
    return result.skip_message if isinstance(result, dg.SkipReason) else result


def launch(project: Project, request: dg.RunRequest) -> bool:
    """Run what was asked for; whether it succeeded."""
    assert request.asset_selection is not None
    job = project.definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=project.instance,
        asset_selection=list(request.asset_selection),
        tags=dict(request.tags),
        raise_on_error=False,
    ).success


@pytest.fixture
def last(project: Project, monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(late_data_sensor, "DAYS_BACK", 3)
    return project.settings.last_complete_date()


def test_what_is_stale_is_run_and_then_nothing(project: Project, last: date) -> None:
    project.write(("a", "5.00", f"{last} 17:00:00Z"))
    request = tick(project)
    assert isinstance(request, dg.RunRequest)
    assert request.asset_selection == [dg.AssetKey("dwd_event")]
    assert request.tags["dagster/asset_partition_range_start"] == str(last - timedelta(days=2))
    assert request.tags["dagster/asset_partition_range_end"] == str(last)
    assert launch(project, request)
    assert [row[0] for row in project.rows("dwd_event")] == ["a"]
    assert tick(project) == "nothing is stale that has not failed before"


def test_what_failed_is_not_run_again_until_its_input_changes(project: Project, last: date) -> None:
    project.write(("a", "13.00", f"{last} 17:00:00Z"))
    request = tick(project)
    assert isinstance(request, dg.RunRequest)
    assert not launch(project, request)
    assert tick(project) == "nothing is stale that has not failed before"
    project.write(("a", "12.00", f"{last} 17:00:00Z"))
    assert isinstance(tick(project), dg.RunRequest)
