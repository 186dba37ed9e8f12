"""Every publish leads to a refresh, however it came about; and no more refreshes than needed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Engine, event, update

from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.ledger_schema import REFRESHES, ledger_engine
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.refresh_ledger import LEASE, State
from tests.lake.builders import open_lake
from tests.modeling.conftest import WriteWarehouse, write_warehouse
from tests.orchestration.starrocks.served_project import (
    ServedProject,
    instance_in,
    served_project,
    served_warehouse,
)
from tests.starrocks import children
from tests.starrocks.commands import enter
from tests.starrocks.scenes import (
    REFRESH,
    Clock,
    assert_on_record,
    clock,
    scene,
    served_tables,
)
from tests.starrocks.served_lake import day
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.starrocks.assets import asset_key
from warehouse_assets.orchestration.starrocks.refresh_sensor import refresh_sensor

__all__ = ["clock", "write_warehouse"]

NO_JOB = dg.define_asset_job("no_job")


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> Iterator[ServedProject]:
    """After the sensor's first tick."""
    warehouse = served_warehouse(write_warehouse)
    with served_project(warehouse, tmp_path / "home", monkeypatch) as project:
        assert project.tick() is None
        yield project


def test_publishes_of_any_form_lead_to_one_run_for_all_tables(project: ServedProject) -> None:
    project.publish("ab", 0)
    project.publish("b", 1)
    project.publish("b", 2, 5)
    request = project.tick()

    assert request is not None
    assert request.asset_selection == [asset_key("dws_plan_a"), asset_key("dws_plan_b")]
    assert project.tick() is None, "they are waited for"
    assert project.launch(request).success
    assert project.refreshes() == ["dws_plan_a", "dws_plan_b"]
    assert (project.shown("a"), project.shown("b")) == (2, 2 + 2 + 2)
    assert project.tick() is None
    assert_on_record(project.stand_in, project.ledger)


def test_what_was_published_before_the_first_tick_is_reconciled(project: ServedProject) -> None:
    project.publish("a", 0)
    assert project.tick_from(None) is None
    assert project.reconcile() == "1 tables are to be refreshed"
    assert project.reconcile() == "0 tables are to be refreshed"
    assert project.work()
    assert project.shown("a") == 2
    assert project.reconcile() == "0 tables are to be refreshed"


def test_a_table_that_cannot_be_read_is_left_out_and_no_other(project: ServedProject) -> None:
    project.publish("ab", 0)
    for file in (project.settings.home / "warehouse").glob("fact/dws_plan_a/metadata/*.json"):
        file.write_text("{}")
    assert project.reconcile() == "1 tables are to be refreshed"
    assert not project.work()
    assert project.ledger.entry(project.name("a")).last_error is not None
    assert project.ledger.entry(project.name("b")).state is State.VERIFIED
    assert project.refreshes() == ["dws_plan_b"]


def test_a_daemon_that_dies_before_it_launches_the_run(
    project: ServedProject, clock: Clock
) -> None:
    project.publish("a", 0)
    request = project.tick()
    assert request is not None
    assert project.tick() is None
    clock.pass_by(LEASE)
    again = project.tick()
    assert again is not None
    assert again.run_key != request.run_key
    # Both were launched after all.
    assert project.launch(again).success
    assert project.launch(request).success
    assert project.refreshes() == ["dws_plan_a"]


def test_a_daemon_that_dies_before_it_keeps_the_cursor(
    project: ServedProject, clock: Clock
) -> None:
    project.publish("a", 0)
    cursor = project.cursor
    project.tick()
    assert project.tick_from(cursor) is None
    clock.pass_by(LEASE)
    assert project.work()
    assert project.shown("a") == 2


def test_a_ledger_that_was_lost_is_made_anew(project: ServedProject) -> None:
    """No run is asked for under a key that Dagster knows, and would leave out."""
    project.publish("a", 0)
    request = project.tick()
    assert request is not None
    with ledger_engine(project.settings).begin() as connection:
        connection.execute(REFRESHES.delete())
    project.reconcile()
    again = project.tick()
    assert again is not None
    assert again.run_key != request.run_key


def test_more_events_than_a_tick_takes(
    project: ServedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package has a function of the module's name.
    module = sys.modules["warehouse_assets.orchestration.starrocks.refresh_sensor"]
    monkeypatch.setattr(module, "_EVENTS_AT_ONCE", 2)
    monkeypatch.setattr(module, "_MOST_QUERIES", 2)
    project.publish("b", 0, 4)
    project.publish("a", 0)
    request = project.tick()
    assert request is not None
    assert request.asset_selection == [asset_key("dws_plan_b")]
    request = project.tick()
    assert request is not None
    assert request.asset_selection == [asset_key("dws_plan_a")]


def test_tables_of_another_code_location_are_left_to_it(project: ServedProject) -> None:
    other = TableName("ledgerlake", "fact", "dws_of_another")
    project.ledger.want([other])
    assert project.tick() is None
    assert [each.table for each in project.ledger.request({other})] == [other]


@contextmanager
def event_log_queries() -> Generator[list[str]]:
    """The SELECTs that anyone makes of Dagster's event log."""
    found: list[str] = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        if "event_logs" in statement:
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_tick_with_nothing_new_makes_one_query(project: ServedProject) -> None:
    tables = served_tables(100)
    names = [TableName("ledgerlake", "fact", each.name) for each in tables]
    project.ledger.want(names)
    with ledger_engine(project.settings).begin() as connection:
        connection.execute(update(REFRESHES).values(met=REFRESHES.c.wanted, state=State.VERIFIED))
    context = dg.build_sensor_context(
        instance=project.instance, cursor=project.cursor, resources={"lake": LakeResource()}
    )
    with event_log_queries() as queries:
        (skipped,) = list(refresh_sensor(NO_JOB, tables)(context))  # type: ignore[call-overload]
    assert isinstance(skipped, dg.SkipReason)
    assert len(queries) == 1


def test_200_partitions_of_20_tables_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run, in which each table is refreshed once."""
    lake = open_lake(tmp_path / "home")
    with (
        scene(tmp_path / "home", 20, lake) as twenty,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        enter(twenty.settings, monkeypatch)
        names = [each.name for each in twenty.tables]
        for number in range(20):
            twenty.publish(number, days=10)
        # As single runs finish: all tables' first day, then all tables' second.
        for partition in range(200):
            for name in names:
                instance.report_runless_asset_event(
                    dg.AssetMaterialization(name, partition=day(partition).isoformat())
                )
        context = dg.build_sensor_context(
            instance=instance, cursor="0", resources={"lake": LakeResource()}
        )
        (request,) = list(refresh_sensor(NO_JOB, twenty.tables)(context))  # type: ignore[call-overload]
        assert isinstance(request, dg.RunRequest)
        assert request.asset_selection == [asset_key(name) for name in names]
        results = list(Refresher(twenty.settings).refresh(twenty.tables))

        assert all(each.is_well for each in results)
        sent = Counter(each.statement for each in twenty.stand_in.sent(REFRESH))
        assert len(sent) == 20
        assert set(sent.values()) == {1}
        twenty.assert_well()


def test_two_daemons_by_mistake(
    tmp_path: Path, processes: ForkServerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes tick and run as they like, while tables are published."""
    with (
        scene(tmp_path / "home", 3) as three,
        instance_in(tmp_path / "dagster") as instance,
    ):
        enter(three.settings, monkeypatch)
        sent_before = len(three.stand_in.sent(REFRESH))
        end = processes.Event()
        arguments = (three.settings, three.tables, str(tmp_path / "dagster"), end)
        daemons = [processes.Process(target=children.daemon, args=arguments) for _ in range(2)]
        for each in daemons:
            each.start()
        for first in range(4):
            for number in range(3):
                three.publish(number, first, rows=2)
                key = three.tables[number].name
                instance.report_runless_asset_event(dg.AssetMaterialization(key))
        give_up_at = time.monotonic() + 60
        while not three.is_well():
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
        end.set()
        for each in daemons:
            each.join(30)
        assert [each.exitcode for each in daemons] == [0, 0]
        three.assert_well()
        assert 3 <= len(three.stand_in.sent(REFRESH)) - sent_before <= 12
