"""Events end to end: those that parse are published, the others are kept and counted."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from resources.lake.lake import Lake
from resources.settings import load_settings
from tests.modeling.conftest import WriteWarehouse
from tests.modeling.events.test_json_events_errors import EVENTS, FEES
from tests.orchestration.conftest import FIRST, Project, project_of

GOOD = '{"fees": [{"amount": 0.10}, {"amount": "12345678901234.56"}]}'
BAD = GOOD[:-9]


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> Project:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    tolerant = FEES.replace("        type=", '        tolerance="0.5",\n        type=')
    warehouse = write_warehouse({"ods/ods_event": EVENTS, "fact/dwd_fee": tolerant})
    return project_of(warehouse, load_settings())


def deliver(project: Project, *payloads: str) -> None:
    """Deliver an event of version 2 with each of the payloads, and load them."""
    folder = project.settings.landing_folder / "shop" / "event" / FIRST.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    events = [
        {
            "event_id": f"E{number}",
            "event_type": "fee",
            "event_version": 2,
            "occurred_at": f"{FIRST}T12:00:00Z",
            "payload": payload,
            "updated_at": f"{FIRST}T12:00:00Z",
        }
        for number, payload in enumerate(payloads)
    ]
    (folder / "events.jsonl").write_text("\n".join(json.dumps(event) for event in events))
    (folder / "_SUCCESS").touch()
    assert project.run(["ods_event"], FIRST, FIRST).success


def quarantined(project: Project) -> list[tuple[object, ...]]:
    lake, spec = Lake(project.settings), project.warehouse.table("dwd_fee").quarantine
    assert spec is not None and spec.name == "dwd_fee_quarantine"
    sql = lake.relation_sql(lake.snapshot(spec), None)
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT event_id, source_line, reason, raw FROM ({sql}) ORDER BY event_id"
        ).fetchall()


def test_what_does_not_parse_is_kept_and_counted_and_the_others_are_published(
    project: Project,
) -> None:
    deliver(project, GOOD, BAD)
    result = project.run(["dwd_fee"], FIRST, FIRST)
    assert result.success
    assert project.rows("dwd_fee") == [
        ("E0", 1, Decimal("0.10"), None, FIRST),
        ("E0", 2, Decimal("12345678901234.56"), None, FIRST),
    ]
    assert quarantined(project) == [("E1", 2, "the payload is no JSON", BAD)]
    answers = {each.check_name: each.passed for each in result.get_asset_check_evaluations()}
    assert answers.pop("rows_parsed") is False
    assert all(answers.values())
    (materialized,) = result.asset_materializations_for_node("dwd_fee")
    assert materialized.metadata["rejected_rows"].value == 1


def test_past_the_tolerance_nothing_is_published_until_the_payloads_are_right(
    project: Project,
) -> None:
    deliver(project, GOOD)
    assert project.run(["dwd_fee"], FIRST, FIRST).success
    before = project.rows("dwd_fee")
    deliver(project, BAD, BAD, GOOD)
    result = project.run(["dwd_fee"], FIRST, FIRST)
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    said = str(failure.step_failure_data.user_failure_data)
    assert "2 of 3 events" in said and "quarantine.dwd_fee_quarantine" in said
    assert project.rows("dwd_fee") == before
    assert len(quarantined(project)) == 2
    deliver(project, GOOD, GOOD)
    assert project.run(["dwd_fee"], FIRST, FIRST).success
    assert quarantined(project) == []
    assert len(project.rows("dwd_fee")) == 4
