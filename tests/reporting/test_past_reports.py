"""A day can be shown as it was reported then, whatever has changed since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from resources.errors import InputMissing
from resources.lake.lake import Lake
from resources.settings import Settings
from tests.reporting.reconciled_lake import DAYS, FIRST, LAST, REPORT, RULE, ReconciledLake, by_item
from warehouse_assets.modeling.loading.outline_cache import load_outlines
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.reporting.read_report import ReportReader


def reader(lake: ReconciledLake, settings: Settings | None = None) -> ReportReader:
    found = settings or lake.settings
    return ReportReader(Lake(found), load_outlines(), found)


def test_a_late_row_makes_a_second_report_and_leaves_the_first(lake: ReconciledLake) -> None:
    then = reader(lake).as_reported(FIRST, limit=100, rules=[RULE])
    now = reader(lake).as_known(FIRST, limit=100, rules=[RULE])
    assert then.past is not None
    assert (then.past.number, then.past.count) == (1, 2)
    assert "left:P3" in by_item(then.rules[0].items, "line_id")
    assert "left:P3" not in by_item(now.rules[0].items, "line_id")
    [before], [after] = then.rules[0].totals, now.rules[0].totals
    assert before.matched + 1 == after.matched
    assert before.open_amount - after.open_amount == Decimal("5.55")


def test_the_latest_report_is_the_day_as_it_is_known(lake: ReconciledLake) -> None:
    for day in DAYS:
        then = reader(lake).as_reported(day, 2, limit=100)
        now = reader(lake).as_known(day, limit=100)
        reported = {each.rule: each for each in then.rules}
        assert len(reported) == len(now.rules) > 1
        for each in now.rules:
            assert reported[each.rule].totals == each.totals
            assert reported[each.rule].items == each.items
            assert reported[each.rule].trend == each.trend


def test_every_row_of_the_results_is_in_the_report(lake: ReconciledLake) -> None:
    results = [row for row in lake.rows(RULE) if row["dt"] == FIRST]
    lines = [
        row
        for row in lake.rows(REPORT)
        if (row["rule"], row["dt"], row["report_no"]) == (RULE, FIRST, 2)
    ]
    assert len(results) > 5
    [whole] = [line for line in lines if line["kind"] == "rule"]
    parts = [line for line in lines if line["kind"] != "rule"]
    assert whole["item_count"] == sum(line["item_count"] for line in parts) == len(results)
    for name in ("left_count", "right_count", "left_amount", "right_amount", "open_amount"):
        assert sum(line[name] for line in parts) == sum(row[name] for row in results)


def test_a_rule_without_rows_is_reported_all_the_same(lake: ReconciledLake) -> None:
    rules = {
        line["rule"] for line in lake.rows(REPORT) if line["dt"] == LAST and line["report_no"] == 1
    }
    declared = {name for name in lake.warehouse.tables if name.startswith("rec_")}
    assert rules == declared
    assert len(rules) > 1


def test_a_report_says_from_what_it_was_made(lake: ReconciledLake) -> None:
    snapshots = {
        each.snapshot_id: each.window
        for each in Lake(lake.settings).history(lake.warehouse.table("dwd_channel_bill").spec)
    }
    origins = {
        (line["report_no"], line["left_table"], line["right_table"], line["right_snapshot_id"])
        for line in lake.rows(REPORT)
        if line["rule"] == RULE and line["dt"] == FIRST
    }
    assert len(origins) == 2, "each report has one origin, and the second saw another snapshot"
    assert {(left, right) for _, left, right, _ in origins} == {("dwd_payment", "dwd_channel_bill")}
    assert {int(snapshot) for *_, snapshot in origins} <= set(snapshots)
    versions = {line["rule_version"] for line in lake.rows(REPORT) if line["rule"] == RULE}
    assert versions == {code_version(lake.warehouse.table(RULE))}


def test_a_run_with_the_same_lines_adds_nothing(lake: ReconciledLake) -> None:
    before = len(lake.rows(REPORT))
    assert lake.run(REPORT, DAYS).rows == 0
    assert len(lake.rows(REPORT)) == before > 0


def test_a_report_outlives_the_snapshots_of_its_sides(lake: ReconciledLake) -> None:
    old = lake.settings.model_copy(update={"snapshots_kept": 1, "snapshot_hours": 0})
    before = reader(lake).as_reported(FIRST, limit=100)
    for name in ("dwd_payment", "dwd_channel_bill", RULE):
        Lake(old).maintain(lake.warehouse.table(name).spec)
    kept = Lake(lake.settings).history(lake.warehouse.table("dwd_channel_bill").spec)
    [rule] = [each for each in before.rules if each.rule == RULE]
    assert rule.origin is not None
    assert rule.origin.right_snapshot_id not in {str(each.snapshot_id) for each in kept}
    assert reader(lake).as_reported(FIRST, limit=100) == before


def test_a_day_that_was_never_reported_is_an_error_that_says_what_there_is(
    lake: ReconciledLake,
) -> None:
    with pytest.raises(InputMissing, match="There are reports on 2026-03-01 to"):
        reader(lake).as_reported(FIRST - timedelta(days=1))
    with pytest.raises(InputMissing, match="report 9 was asked for"):
        reader(lake).as_reported(FIRST, 9)
