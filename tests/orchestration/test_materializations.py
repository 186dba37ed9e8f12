"""Tables of a kind are ordinary assets: run with the days they read, and told of as any other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from resources.settings import load_settings
from tests.modeling.conftest import DWD, HEADER, ORDERS, WriteWarehouse
from tests.orchestration.conftest import FIRST, Project, project_of

LOGGED = ORDERS.replace(", ge=0", "").replace(
    'owner="team:trade"',
    'owner="team:trade", change_log=change_log(key=("order_no",), sequence="ordered_at")',
)
STATE = HEADER + """
class DwdOrderState(StateContract):
    order_no: Text = key("Order number")
    pay_amount: Money = column("What was paid", ge=0)
    ordered_at: Timestamp = column("When it was ordered")

dwd_order_state = table(
    DwdOrderState, owner="team:trade", freshness=by("05:00"), materialization=upsert(of="ods_order")
)
"""  # fmt: skip
APPENDED = DWD.replace('owner="team:trade"', 'owner="team:trade", materialization=append_only()')
SECOND = date.fromordinal(FIRST.toordinal() + 1)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> Project:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    warehouse = write_warehouse(
        {"ods/ods_order": LOGGED, "fact/dwd_order": APPENDED, "fact/dwd_order_state": STATE}
    )
    return project_of(warehouse, load_settings())


def deliver(project: Project, day: date, *rows: str) -> None:
    folder = project.settings.landing_folder / "shop" / "order" / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    header = "order_no,pay_amount,ordered_at"
    (folder / "orders.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "_SUCCESS").touch()


def test_they_are_run_with_the_days_they_read(project: Project) -> None:
    deliver(project, FIRST, "A,1.00,2026-03-06T10:00:00Z", "B,2.00,2026-03-06T11:00:00Z")
    deliver(project, SECOND, "A,3.00,2026-03-07T10:00:00Z")
    everything = ["ods_order", "dwd_order", "dwd_order_state"]
    assert project.run(everything, FIRST, SECOND).success
    state = [(row[0], str(row[1])) for row in project.rows("dwd_order_state")]
    assert state == [("A", "3.00"), ("B", "2.00")]
    assert len(project.rows("dwd_order")) == 3
    records = project.instance.fetch_materializations(dg.AssetKey("dwd_order_state"), limit=1)
    [record] = records.records
    assert record.asset_materialization is not None
    assert record.asset_materialization.metadata["dagster/row_count"].value == 2
    assert record.partition_key is None


def test_they_say_what_they_are(project: Project) -> None:
    graph = project.definitions.resolve_asset_graph()
    state = graph.get(dg.AssetKey("dwd_order_state")).description or ""
    assert "current state of ods_order by key (deduplicate)" in state
    assert "append-only" in (graph.get(dg.AssetKey("dwd_order")).description or "")


def test_rows_that_break_a_check_are_not_merged(project: Project) -> None:
    deliver(project, FIRST, "A,1.00,2026-03-06T10:00:00Z")
    assert project.run(["ods_order", "dwd_order_state"], FIRST, FIRST).success
    before = project.rows("dwd_order_state")
    deliver(project, SECOND, "A,-1.00,2026-03-07T10:00:00Z")
    assert project.run(["ods_order"], SECOND, SECOND).success
    assert not project.run(["dwd_order_state"]).success
    assert project.rows("dwd_order_state") == before
