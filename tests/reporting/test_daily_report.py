"""The daily report as Dagster runs it: an asset, its check, its schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from tests.reporting.reconciled_lake import FIRST, LAST, RULE, ReconciledLake
from tests.reporting.test_channels import SECRET, webhook
from warehouse_assets.modeling.reconciliation.plotted import result_totals
from warehouse_assets.orchestration.asset_checks import check_specs, table_checks
from warehouse_assets.orchestration.asset_metadata import description
from warehouse_assets.orchestration.assets import group
from warehouse_assets.orchestration.daily_report import REPORT, SENT, daily_report
from warehouse_assets.orchestration.lake_resource import LakeResource


@pytest.fixture
def definitions(
    lake: ReconciledLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dg.Definitions:
    """The report's asset over the lake, with a folder of the test's own."""
    monkeypatch.setenv("LEDGERLAKE_HOME", str(lake.settings.home))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    monkeypatch.setenv("LEDGERLAKE_REPORT_FOLDER", str(tmp_path))
    # The tables are assets of their own; here they are only what the report is made of.
    return dg.Definitions.merge(
        daily_report(lake.warehouse, lake.settings),
        dg.Definitions(resources={"lake": LakeResource()}, executor=dg.in_process_executor),
    )


def run(definitions: dg.Definitions) -> dg.ExecuteInProcessResult:
    job = definitions.resolve_job_def(f"{REPORT}_job")
    return job.execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        partition_key=LAST.isoformat(),
        raise_on_error=False,
    )


def check_of(result: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    [found] = result.get_asset_check_evaluations()
    assert found.check_name == SENT
    return found


def test_the_report_is_put_into_the_folder(definitions: dg.Definitions, tmp_path: Path) -> None:
    result = run(definitions)
    assert result.success
    assert check_of(result).passed
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".html", ".xlsx"]
    [event] = result.get_asset_materialization_events()
    assert event.materialization.partition == LAST.isoformat()
    assert event.materialization.metadata["standing"].value == "provisional"
    assert "ods_payment" in str(event.materialization.metadata["waits_for"].value)


def test_a_channel_that_fails_is_a_failed_check_and_the_report_stays(
    definitions: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(500) as (address, told):
        monkeypatch.setenv("LEDGERLAKE_REPORT_WEBHOOK", address)
        result = run(definitions)
    assert result.success
    assert len(told) == 1
    check = check_of(result)
    assert not check.passed
    assert "webhook: it answered 500" in str(check.description)
    assert SECRET not in str(check.description)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_schedule_asks_for_yesterday(definitions: dg.Definitions, lake: ReconciledLake) -> None:
    schedule = definitions.resolve_schedule_def(f"{REPORT}_schedule")
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
    )
    requests = schedule.evaluate_tick(context).run_requests or []
    assert [each.tags["dagster/partition"] for each in requests] == [LAST.isoformat()]
    assert lake.settings.first_date < LAST


def test_rules_are_one_group_with_a_check_of_the_diff_rate(lake: ReconciledLake) -> None:
    rules = [each for name, each in lake.warehouse.tables.items() if name.startswith("rec_")]
    assert len(rules) > 1
    assert {group(table) for table in rules} == {"reconciliation"}
    assert all("within_diff_rate" in table_checks(table) for table in rules)


def test_what_a_rule_and_its_checks_say_is_in_words(lake: ReconciledLake) -> None:
    table = lake.warehouse.table(RULE)
    text = description(table)
    for part in (
        "**Left**: paid, rows of `dwd_payment`, where `payment_method <> 'wallet'`",
        "`payment_method = channel, merchant_no, outward_no`",
        "**Tolerance** of the amount: none, to the cent",
        "**Overdue** after 3 days",
        f"- `{RULE}`: earlier(days=3)",
    ):
        assert part in text
    told = {spec.name: str(spec.description) for spec in check_specs(table, None)}
    assert told["within_diff_rate"] == "Of the items that begin on a day at most 1 % differ."
    of_sides = [told[name] for name in told if name.endswith("_accounted_for")]
    assert len(of_sides) == 4
    assert not [text for text in of_sides if "SUM(" in text]


def test_what_is_plotted_of_a_rule(lake: ReconciledLake) -> None:
    from resources.lake.lake import Lake
    from resources.lake.model.window import Window

    table, opened = lake.warehouse.table(RULE), Lake(lake.settings)
    snapshot = opened.snapshot(table.spec).snapshot_id
    assert snapshot is not None
    window = Window.of_days(FIRST, LAST)
    found = result_totals(table, window, opened, snapshot)
    results = [row for row in lake.rows(RULE) if row["dt"] in window]
    assert len(results) > 10
    for day in window:
        rows = [row for row in results if row["dt"] == day]
        assert found[day]["open_items"] == sum(row["is_open"] for row in rows)
        assert found[day]["open_amount CNY"] == sum(abs(row["open_amount"]) for row in rows)
    begun = [row for row in results if row["dt"] == row["first_date"] == FIRST]
    rate = sum(row["is_open"] for row in begun) / len(begun)
    assert abs(float(found[FIRST]["diff_rate"]) - rate) < 0.000001
    assert result_totals(table, window, opened, snapshot + 1) == {}
    assert result_totals(lake.warehouse.table("dwd_payment"), window, opened, snapshot) == {}
