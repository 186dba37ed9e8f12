"""Runs of a rule on a real lake: ranges, re-runs, late rows, adjustments, lost rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from resources.errors import InputMissing
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.lake.publish.table_write import RulesBroken
from resources.settings import Settings
from tests.modeling.reconciliation.rules import bill, payment
from tests.reporting.reconciled_lake import ReconciledLake
from tests.tables.run_sql import DAY, Row
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

RULE = "rec_payment_bill"
DAYS = Window.of_days(DAY, DAY + timedelta(days=3))
PAYMENTS = [
    payment("1", "10.00"),
    payment("2", "20.00"),
    payment("3", "5.00", day=1),
    payment("4", "7.00", day=3),
]
BILLS = [
    bill("1", "10.00"),
    bill("2", "20.02", day=1),
    bill("x", "9.00", day=2),
    bill("4", "7.00", day=3),
]


def on(number: int) -> date:
    return DAY + timedelta(days=number)


def make_lake(home: Path, bills: Sequence[Row] = BILLS) -> ReconciledLake:
    """A lake with both sides of rule 3 over four days, and nothing of its results yet."""
    lake = ReconciledLake(Settings(home=home, first_date=DAY, threads=1), load_warehouse())
    lake.give("dwd_payment", PAYMENTS, DAYS)
    lake.give("dwd_channel_bill", bills, DAYS)
    lake.give("dwd_manual_adjustment", [], DAYS)
    lake.run("ods_reconciliation_decision", DAYS)
    return lake


def results(lake: ReconciledLake) -> list[dict[str, object]]:
    return sorted(lake.rows(RULE), key=lambda row: (row["dt"], row["item_id"]))


def publications(lake: ReconciledLake) -> dict[object, str]:
    """The publication that each day's rows are from."""
    return dict(Lake(lake.settings).snapshot(lake.warehouse.table(RULE).spec).rows_from)


def stale_days(lake: ReconciledLake) -> set[object]:
    staleness = Staleness(lake.warehouse, Lake(lake.settings), lake.settings)
    return set(staleness.stale(lake.warehouse.table(RULE), DAYS))


def test_a_range_gives_what_its_days_give_and_a_rerun_changes_nothing(tmp_path: Path) -> None:
    together, single = make_lake(tmp_path / "together"), make_lake(tmp_path / "single")
    published = together.run(RULE, DAYS)
    for day in DAYS:
        single.run(RULE, Window.of_day(day))
    assert results(together) == results(single)
    assert dict(published.partitions) == {on(0): 2, on(1): 2, on(2): 3, on(3): 4}
    assert {len(each.rows) for each in published.report.results} == {4}
    before = publications(together)
    together.run(RULE, DAYS)
    assert publications(together) == before
    assert stale_days(together) == set()


def test_a_day_needs_the_day_before(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    with pytest.raises(InputMissing, match=f"{RULE}.*partition {on(0)} of input {RULE}"):
        lake.run(RULE, Window.of_day(on(1)))


def test_a_late_row_makes_stale_the_days_it_touches_and_no_other(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    lake.run(RULE, DAYS)
    # The bill of payment 3 comes late, for the day on which the item has been open for one.
    late = [*BILLS, bill("3", "5.00", day=2)]
    lake.give("dwd_channel_bill", late, DAYS)
    reread = publications(lake)
    assert stale_days(lake) == {on(2)}
    lake.run(RULE, Window.of_day(on(2)))
    # What it carries on has changed, so the next day may.
    assert stale_days(lake) == {on(3)}
    lake.run(RULE, Window.of_day(on(3)))
    assert stale_days(lake) == set()
    after = publications(lake)
    assert {day for day in DAYS if after[day] != reread[day]} == {on(2), on(3)}
    assert results(lake) == results(make_and_run(tmp_path / "anew", late))


def make_and_run(home: Path, bills: Sequence[Row]) -> ReconciledLake:
    lake = make_lake(home, bills)
    lake.run(RULE, DAYS)
    return lake


def test_an_adjustment_closes_its_item_and_posts_its_lines(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    adjusts = {
        "reconciliation_rule": RULE,
        "reconciliation_item": "left:P3",
        "amount": Decimal("5.00"),
        "currency": "CNY",
        "debit_account": "6601",
        "credit_account": "1012",
        "dt": on(2),
    }
    approved = {**adjusts, "adjustment_no": "A1", "is_approved": True, "is_posted": True}
    rejected = {**adjusts, "adjustment_no": "A2", "is_approved": False, "is_posted": False}
    lake.give("dwd_manual_adjustment", [approved, rejected], DAYS)
    lake.give("dwd_financial", [], DAYS)
    lake.run(RULE, DAYS)
    lake.run("dwd_journal_entry", DAYS)
    states = {(row["dt"], row["item_id"]): row["state"] for row in results(lake)}
    assert states[on(1), "left:P3"] == "left_only"
    assert states[on(2), "left:P3"] == "adjusted"
    assert (on(3), "left:P3") not in states
    posted = {
        (row["account_code"], row["debit_amount"] - row["credit_amount"])
        for row in lake.rows("dwd_journal_entry")
    }
    assert posted == {("6601", Decimal("5.00")), ("1012", Decimal("-5.00"))}


@pytest.mark.parametrize("lost", ["left", "right"])
def test_a_row_that_is_lost_on_the_way_stops_the_publish(tmp_path: Path, lost: str) -> None:
    lake = make_lake(tmp_path)
    lake.run(RULE, Window.of_day(on(0)))
    before = results(lake)
    table = lake.warehouse.table(RULE)
    assert table.sql is not None
    # An error in the SQL that matches: it leaves out what one side has alone.
    broken = table.sql.replace(f"FROM {lost}_alone AS e JOIN", f"FROM {lost}_settled AS z, "
                               f"{lost}_alone AS e JOIN")  # fmt: skip
    assert broken != table.sql
    tables = {**lake.warehouse.tables, RULE: replace(table, sql=broken)}
    faulty = replace(lake, warehouse=replace(lake.warehouse, tables=tables))
    with pytest.raises(RulesBroken, match=f"{lost}_rows_accounted_for"):
        for number in (1, 2):
            faulty.run(RULE, Window.of_day(on(number)))
    assert [row for row in results(lake) if row["dt"] == on(0)] == before
