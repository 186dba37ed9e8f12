"""Tables as StarRocks shows them are assets, downstream of the lake's, each with its check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from resources.settings import Settings
from tests.modeling.conftest import WriteWarehouse, write_warehouse
from tests.orchestration.starrocks.served_project import (
    ServedProject,
    served_project,
    served_warehouse,
)
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.starrocks import starrocks_definitions
from warehouse_assets.orchestration.starrocks.assets import (
    SHOWS_PUBLISHED,
    asset_key,
    starrocks_assets,
)

__all__ = ["write_warehouse"]

JOB = "starrocks_refresh_job"


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> Iterator[ServedProject]:
    warehouse = served_warehouse(write_warehouse)
    with served_project(warehouse, tmp_path / "home", monkeypatch) as project:
        yield project


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    """What the check says of each table."""
    found = result.get_asset_check_evaluations()
    assert {each.check_name for each in found} <= {SHOWS_PUBLISHED}
    return {each.asset_key.path[-1]: each.passed for each in found}


def materialized(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, object]]:
    """Metadata of each materialization, by table."""
    found = [event.materialization for event in result.get_asset_materialization_events()]
    return {
        each.asset_key.path[-1]: {name: told.value for name, told in each.metadata.items()}
        for each in found
    }


def test_an_asset_tells_what_was_seen(project: ServedProject) -> None:
    project.publish("a", 0)
    result = project.run(JOB, [asset_key("dws_plan_a")])

    assert result.success
    assert checks_of(result) == {"dws_plan_a": True}
    told = materialized(result)["dws_plan_a"]
    snapshot = project.ledger.entry(project.name("a")).verified_snapshot
    assert told["snapshot_id"] == str(snapshot)
    behind, work = told["seconds_from_publish_to_verified"], told["work_seconds"]
    assert isinstance(behind, float)
    assert isinstance(work, float)
    assert 0 < work <= behind
    assert "REFRESH EXTERNAL TABLE `ledgerlake`.`fact`.`dws_plan_a`" in str(told["statements"])
    graph = project.definitions.resolve_asset_graph()
    assert graph.get(asset_key("dws_plan_a")).parent_keys == {dg.AssetKey("dws_plan_a")}
    assert graph.get(asset_key("dws_plan_a")).group_name == "starrocks"


def test_a_table_that_fails_stands_beside_those_that_do_not(project: ServedProject) -> None:
    project.publish("ab", 0)
    project.stand_in.faults.fail_refresh(matching="REFRESH .*dws_plan_a")
    result = project.run(JOB)

    assert not result.success
    assert checks_of(result) == {"dws_plan_a": False, "dws_plan_b": True}
    assert list(materialized(result)) == ["dws_plan_b"]
    failure = next(each for each in result.all_events if each.is_step_failure)
    assert "dws_plan_a: " in str(failure.step_failure_data.error)
    assert project.settings.starrocks_password is not None
    secret = project.settings.starrocks_password.get_secret_value()
    assert all(secret not in str(each) for each in result.all_events)


def test_a_run_by_hand_that_fails_is_taken_up_by_the_sensor(
    project: ServedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.publish("a", 0)
    project.tick()
    project.stand_in.stop()
    assert not project.run(JOB).success
    project.stand_in.start_again()

    entry = project.ledger.entry(project.name("a"))
    assert entry.next_attempt_at is not None
    monkeypatch.setattr(
        "resources.starrocks.refresh.refresh_ledger._now", lambda: entry.next_attempt_at
    )
    assert project.work()
    assert project.shown("a") == 2


def test_what_is_shown_already_is_not_refreshed(project: ServedProject) -> None:
    project.publish("a", 0)
    assert project.run(JOB).success
    again = project.run(JOB)

    assert again.success
    assert project.refreshes() == ["dws_plan_a"]
    assert "$refs" in str(materialized(again)["dws_plan_a"]["statements"])


def test_what_is_not_published_is_not_materialized(project: ServedProject) -> None:
    """And is asked for neither: nothing of it could be seen."""
    result = project.run(JOB)
    assert result.success
    assert checks_of(result) == {"dws_plan_a": True, "dws_plan_b": True}
    assert materialized(result) == {}
    assert project.refreshes() == []


def test_the_check_can_be_run_alone(project: ServedProject) -> None:
    project.publish("a", 0)
    selection = dg.AssetSelection.checks(dg.AssetCheckKey(asset_key("dws_plan_a"), SHOWS_PUBLISHED))
    result = dg.materialize(
        [starrocks_assets(project.warehouse)],
        instance=project.instance,
        selection=selection,
        resources={"lake": LakeResource()},
    )
    assert result.success
    assert checks_of(result) == {"dws_plan_a": True}
    assert materialized(result) == {}


def test_without_starrocks_there_is_nothing_of_it(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    warehouse = served_warehouse(write_warehouse)
    nothing = starrocks_definitions(warehouse, Settings(home=tmp_path))
    assert not list(nothing.resolve_all_asset_specs())
    assert not nothing.sensors
    assert not nothing.jobs
