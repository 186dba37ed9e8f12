"""What people decide is on record, and the next run hears it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from resources.errors import InputMissing, LedgerlakeError, SettingsError
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.modeling.reconciliation.rules import bill as billed, payment as paid
from tests.reporting.reconciled_lake import FORMULA, LAST, RULE, ReconciledLake, by_item
from tests.tables.run_sql import DAY
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.reporting.decisions import Decision, DecisionRecorder

NEXT = LAST + timedelta(days=1)
DECISIONS = "ods_reconciliation_decision"
BILL = "channel/alipay/2026-03-01/bill.csv"


def recorder(lake: ReconciledLake) -> DecisionRecorder:
    return DecisionRecorder(lake.warehouse, Lake(lake.settings), lake.settings)


def write_off(item: str, by: str = "ann", reason: str = "small") -> Decision:
    return Decision(RULE, "write_off", by, reason, NEXT, item_id=item)


def pair(verdict: str, left: str, right: str) -> Decision:
    assert verdict in ("confirm", "reject")
    return Decision(RULE, verdict, "bob", "", NEXT, left_id=left, right_id=right)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (write_off("left:P22"), "Did you mean left:P2?"),
        (write_off("left:P1"), "no open item left:P1"),
        (pair("confirm", "P88", f"{BILL}:13"), "Did you mean P8?"),
        (pair("confirm", "P8", "nothing like it"), "lists what is open"),
        (pair("confirm", "P2", f"{BILL}:13"), "belong together already"),
        (pair("reject", "P8", f"{BILL}:13"), "nothing to reject"),
        (write_off("left:P2", reason=" "), "a write-off a reason"),
    ],
)
def test_what_names_no_open_item_is_refused(
    lake: ReconciledLake, decision: Decision, said: str
) -> None:
    before = len(lake.rows(DECISIONS))
    with pytest.raises(LedgerlakeError, match=said.replace("?", r"\?")):
        recorder(lake).record(decision)
    assert len(lake.rows(DECISIONS)) == before


def test_a_decision_counts_on_no_day_to_come(lake: ReconciledLake) -> None:
    late = Decision(RULE, "write_off", "ann", "x", LAST.replace(year=2090), item_id="left:P2")
    with pytest.raises(SettingsError, match="cannot count on 2090"):
        recorder(lake).record(late)


def test_a_rule_without_results_yet_has_nothing_to_decide(lake: ReconciledLake) -> None:
    decision = Decision("rec_wallet", "write_off", "ann", "x", NEXT, item_id="left:P2")
    with pytest.raises(InputMissing, match="rec_wallet has no open item"):
        recorder(lake).record(decision)


def test_the_next_run_hears_what_people_at_once_decided(lake: ReconciledLake) -> None:
    decisions = [
        write_off("left:P2", by="ann"),
        write_off(f"left:{FORMULA}", by="bob"),
        pair("confirm", "P8", f"{BILL}:13"),
    ]
    with ThreadPoolExecutor(len(decisions)) as people:
        recorded = list(people.map(lambda each: recorder(lake).record(each), decisions))
    assert not any(each.is_published for each in recorded)

    kept = {row["decision_no"]: row for row in lake.rows(DECISIONS)}
    assert kept.keys() == {each.number for each in recorded}
    assert {(row["decided_by"], row["decision"], row["dt"]) for row in kept.values()} == {
        ("ann", "write_off", NEXT),
        ("bob", "write_off", NEXT),
        ("bob", "confirm", NEXT),
    }

    again = recorder(lake).record(write_off("left:P2", by="eve", reason="second"))
    assert [each["decided_by"] for each in again.others] == ["ann"]

    assert lake.next_day() == NEXT
    results = by_item([row for row in lake.rows(RULE) if row["dt"] == NEXT])
    assert results["left:P2"]["state"] == "written_off"
    assert results[f"left:{FORMULA}"]["state"] == "written_off"
    assert results["left:P8"]["right_id"] == f"{BILL}:13"
    assert results["left:P8"]["match_pass"] == "confirmed"
    assert not any(row["is_open"] for row in results.values())
    assert len(lake.rows(DECISIONS)) == 4, "the run that opens the day leaves what was recorded"


def test_a_duplicate_is_not_confirmed_and_is_told_why(tmp_path: Path) -> None:
    lake = ReconciledLake(Settings(home=tmp_path, first_date=DAY, threads=1), load_warehouse())
    day = Window.of_day(DAY)
    payments = [paid("1", "5.00"), paid("1", "5.00", payment_no="P1 again")]
    lake.give("dwd_payment", payments, day)
    lake.give("dwd_channel_bill", [billed("x", "5.00")], day)
    lake.give("dwd_manual_adjustment", [], day)
    for name in (DECISIONS, RULE):
        lake.run(name, day)
    decision = Decision(RULE, "confirm", "bob", "", DAY, left_id="P1 again", right_id="Bx")
    with pytest.raises(LedgerlakeError, match="is duplicate_left, and another row has its key"):
        recorder(lake).record(decision)
