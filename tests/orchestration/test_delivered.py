"""Delivered files: rows that parse are published, the others are kept and shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings, load_settings
from resources.sources.formats.quarantine import quarantine_spec
from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse
from tests.orchestration.conftest import FIRST, Project, project_of
from warehouse_assets.modeling.declaration.freshness import by
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.orchestration.scheduled_checks import FRESH, UNCHANGED, problem_of

GOOD = "order_no,pay_amount,ordered_at\nA,10.00,2026-03-06T12:00:00Z\nB,0.01,2026-03-06T13:00:00Z\n"
BAD = GOOD + "C,ten,2026-03-06T14:00:00Z\n"

Deliver = Callable[[str], None]


@pytest.fixture
def delivered_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> Project:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    settings = load_settings()
    warehouse = write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_order": DWD})
    return project_of(warehouse, settings)


def deliver(settings: Settings, text: str, name: str = "orders.csv", day: date = FIRST) -> None:
    folder = settings.landing_folder / "shop" / "order" / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    (folder / "_SUCCESS").touch()


def quarantined(settings: Settings) -> list[tuple[object, ...]]:
    import duckdb

    lake = Lake(settings)
    sql = lake.relation_sql(lake.snapshot(quarantine_spec("ods_order")), None)
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT source_file, source_line, reason, raw FROM ({sql})"
        ).fetchall()


def test_each_row_knows_its_file_and_line(delivered_project: Project) -> None:
    deliver(delivered_project.settings, GOOD)
    assert delivered_project.run(["ods_order"], FIRST, FIRST).success
    origins = [row[-3:] for row in delivered_project.rows("ods_order")]
    place = f"shop/order/{FIRST}/orders.csv"
    assert origins == [(place, 2, FIRST), (place, 3, FIRST)]


def test_rows_that_do_not_parse_stop_the_run_and_are_kept(delivered_project: Project) -> None:
    deliver(delivered_project.settings, GOOD)
    assert delivered_project.run(["ods_order"], FIRST, FIRST).success
    before = delivered_project.rows("ods_order")
    deliver(delivered_project.settings, BAD)
    result = delivered_project.run(["ods_order"], FIRST, FIRST)
    assert not result.success
    assert delivered_project.rows("ods_order") == before
    [(file, line, reason, raw)] = quarantined(delivered_project.settings)
    assert (file, line) == (f"shop/order/{FIRST}/orders.csv", 4)
    assert "pay_amount" in str(reason)
    assert "ten" in str(raw)
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "quarantine" in str(failure.step_failure_data.user_failure_data)
    answers = {each.check_name: each.passed for each in result.get_asset_check_evaluations()}
    assert answers == {"rows_parsed": False}
    counts = {
        tuple(each.metadata[name].value for name in ("broken", "rows"))
        for each in result.get_asset_check_evaluations()
    }
    assert counts == {(1, 3)}
    deliver(delivered_project.settings, GOOD)
    assert delivered_project.run(["ods_order"], FIRST, FIRST).success
    assert quarantined(delivered_project.settings) == []


def test_within_the_tolerance_the_others_are_published(
    delivered_project: Project, write_warehouse: WriteWarehouse
) -> None:
    tolerant = ORDERS.replace('format="csv"', 'format="csv", tolerance="0.5"')
    assert tolerant != ORDERS
    warehouse = write_warehouse({"ods/ods_order": tolerant, "fact/dwd_order": DWD})
    project = project_of(warehouse, delivered_project.settings)
    deliver(project.settings, BAD)
    result = project.run(["ods_order"], FIRST, FIRST)
    assert result.success
    assert len(project.rows("ods_order")) == 2
    assert len(quarantined(project.settings)) == 1
    parsed = [e for e in result.get_asset_check_evaluations() if e.check_name == "rows_parsed"]
    assert parsed
    assert not any(evaluation.passed for evaluation in parsed)


def test_a_file_that_changed_since_it_was_loaded_is_noticed(delivered_project: Project) -> None:
    project = delivered_project
    deliver(project.settings, GOOD)
    assert project.run(["ods_order", "dwd_order"], FIRST, FIRST).success
    table = project.warehouse.table("ods_order")
    lake = Lake(project.settings)
    assert Staleness(project.warehouse, lake, project.settings).reason(table, FIRST) is None
    assert problem_of(UNCHANGED, table, project.warehouse, lake) is None
    deliver(project.settings, GOOD.replace("10.00", "99.00"))
    os.utime(
        project.settings.landing_folder / "shop" / "order" / FIRST.isoformat() / "orders.csv",
        ns=(1, 1),
    )
    reason = Staleness(project.warehouse, lake, project.settings).reason(table, FIRST)
    assert reason is not None
    assert "orders.csv" in reason
    noticed = problem_of(UNCHANGED, table, project.warehouse, lake)
    assert noticed is not None
    assert f"{FIRST}: " in noticed


def test_what_is_downstream_of_other_rows_is_stale(delivered_project: Project) -> None:
    project = delivered_project
    deliver(project.settings, GOOD)
    assert project.run(["ods_order", "dwd_order"], FIRST, FIRST).success
    lake = Lake(project.settings)
    dwd = project.warehouse.table("dwd_order")
    assert Staleness(project.warehouse, lake, project.settings).reason(dwd, FIRST) is None
    assert project.run(["ods_order"], FIRST, FIRST).success
    same_rows = Staleness(project.warehouse, lake, project.settings).reason(dwd, FIRST)
    assert same_rows is None
    deliver(project.settings, GOOD.replace("0.01", "0.02"))
    assert project.run(["ods_order"], FIRST, FIRST).success
    reason = Staleness(project.warehouse, lake, project.settings).reason(dwd, FIRST)
    assert reason == "ods_order published since"


def test_half_a_delivery_is_not_loaded(delivered_project: Project) -> None:
    deliver(delivered_project.settings, GOOD)
    folder = delivered_project.settings.landing_folder / "shop" / "order" / FIRST.isoformat()
    (folder / "_SUCCESS").unlink()
    result = delivered_project.run(["ods_order"], FIRST, FIRST)
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "_SUCCESS" in str(failure.step_failure_data.user_failure_data)


def test_a_back_filled_old_day_does_not_hide_a_late_one(delivered_project: Project) -> None:
    project = delivered_project
    deliver(project.settings, GOOD)
    assert project.run(["ods_order"], FIRST, FIRST).success
    table = replace(project.warehouse.table("ods_order"), freshness=by("00:00"))
    late = problem_of(FRESH, table, project.warehouse, Lake(project.settings))
    missing = Window.of_days(FIRST + timedelta(days=1), project.settings.last_complete_date())
    assert late == f"{len(missing)} days were due by 00:00 and are not published: {missing}"


def test_a_hole_between_published_days_is_late(delivered_project: Project) -> None:
    project = delivered_project
    latest = project.settings.last_complete_date()
    published = [latest - timedelta(days=back) for back in (4, 3, 1, 0)]
    for each in published:
        deliver(project.settings, GOOD, day=each)
        assert project.run(["ods_order"], each, each).success
    table = replace(project.warehouse.table("ods_order"), freshness=by("00:00"))
    late = problem_of(FRESH, table, project.warehouse, Lake(project.settings))
    hole = latest - timedelta(days=2)
    assert late == f"{hole} was due by 00:00 and is not published"


def test_a_file_that_cannot_be_read_says_nothing_of_its_rows(delivered_project: Project) -> None:
    deliver(delivered_project.settings, GOOD.replace("pay_amount", "paid"))
    result = delivered_project.run(["ods_order"], FIRST, FIRST)
    assert not result.success
    assert result.get_asset_check_evaluations() == []


@pytest.fixture
def parquet_project(delivered_project: Project, write_warehouse: WriteWarehouse) -> Project:
    """Its orders come as Parquet in the contract's types: they are read while they are staged."""
    parquet = ORDERS.replace('format="csv"', 'format="parquet"')
    warehouse = write_warehouse({"ods/ods_order": parquet, "fact/dwd_order": DWD})
    project = project_of(warehouse, delivered_project.settings)
    deliver(project.settings, "", "orders.parquet")
    write_orders(project.settings, rows=2)
    assert project.run(["ods_order"], FIRST, FIRST).success
    return project


def write_orders(settings: Settings, rows: int) -> Path:
    import duckdb

    file = settings.landing_folder / "shop" / "order" / FIRST.isoformat() / "orders.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "COPY (SELECT 'order ' || number AS order_no, "
            "CAST(number AS DECIMAL(18, 2)) AS pay_amount, "
            f"TIMESTAMPTZ '{FIRST} 12:00:00+00' + to_microseconds(number) AS ordered_at "
            f"FROM range({rows}) AS t (number)) TO '{file}' (FORMAT parquet)"
        )
    return file


def test_a_file_damaged_inside_is_named_and_publishes_nothing(parquet_project: Project) -> None:
    before = parquet_project.rows("ods_order")
    assert len(before) == 2
    file = write_orders(parquet_project.settings, rows=50_000)
    content = bytearray(file.read_bytes())
    content[1_000:60_000] = bytes(59_000)
    file.write_bytes(content)
    result = parquet_project.run(["ods_order"], FIRST, FIRST)
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "orders.parquet is truncated or no Parquet file" in str(failure.step_failure_data)
    assert parquet_project.rows("ods_order") == before


def test_a_file_replaced_while_its_rows_are_staged_publishes_nothing(
    parquet_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resources.lake.publish import replace

    before = parquet_project.rows("ods_order")
    write_orders(parquet_project.settings, rows=3)
    stage = replace.stage

    def staged_and_replaced(*arguments: object) -> object:
        staged = stage(*arguments)  # type: ignore[arg-type]
        write_orders(parquet_project.settings, rows=4)
        return staged

    monkeypatch.setattr(replace, "stage", staged_and_replaced)
    result = parquet_project.run(["ods_order"], FIRST, FIRST)
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "changed while it was read" in str(failure.step_failure_data)
    assert parquet_project.rows("ods_order") == before
