"""One item with the rows of both sides, where the rule selects them by the days of its run."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.reporting.reconciled_lake import FIRST, ReconciledLake
from tests.tables.run_sql import Row, at
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.reporting.item import ItemFinder

RULE = "rec_wallet_balance"
DAYS = Window.of_days(FIRST, FIRST + timedelta(days=1))


def entry(number: int, change: str, balance: str, day: int) -> Row:
    """An entry of one wallet."""
    date = FIRST + timedelta(days=day)
    return {
        "wallet_entry_no": f"W{number}",
        "user_id": 7,
        "balance_change_amount": Decimal(change),
        "balance_amount": Decimal(balance),
        "occurred_at": at(f"{date} 10:0{number}"),
        "dt": date,
    }


def test_an_item_is_shown_with_the_rows_that_its_rule_selects(tmp_path: Path) -> None:
    lake = ReconciledLake(Settings(home=tmp_path, first_date=FIRST, threads=1), load_warehouse())
    entries = [entry(1, "5.00", "25.00", 0), entry(2, "-5.00", "20.30", 1)]
    lake.give("dwd_wallet_entry", entries, DAYS)
    for name in ("ods_wallet_entry", "dwd_manual_adjustment"):
        lake.give(name, [], DAYS)
    lake.run("ods_reconciliation_decision", DAYS)
    lake.run(RULE, DAYS)
    story = ItemFinder(lake.warehouse, Lake(lake.settings), lake.settings, RULE).find("left:W2")
    assert story.result["state"] == "amount_mismatch"
    for side in (story.left, story.right):
        assert [each.row["wallet_entry_no"] for each in side.rows] == ["W2"]


def test_an_item_is_shown_with_all_rows_of_its_sum(tmp_path: Path) -> None:
    """Two payouts without a reference add up to one credit; a part of it is adjusted before."""
    lake = ReconciledLake(Settings(home=tmp_path, first_date=FIRST, threads=1), load_warehouse())
    days = Window.of_days(FIRST, FIRST + timedelta(days=3))
    payouts = [payout("P1", "3.00"), payout("P2", "4.00"), payout("P3", "9.00")]
    credit = {
        "entry_no": "E1",
        "bank_account": "B",
        "direction": "in",
        "signed_amount": Decimal("7.00"),
        "dt": FIRST + timedelta(days=2),
    }
    adjustment = {
        "adjustment_no": "A1",
        "reconciliation_rule": "rec_payout_bank",
        "reconciliation_item": "left:P1",
        "amount": Decimal("1.00"),
        "is_approved": True,
        "dt": FIRST + timedelta(days=1),
    }
    lake.give("dwd_payout", payouts, days)
    lake.give("dwd_bank_entry", [credit], days)
    lake.give("dwd_manual_adjustment", [adjustment], days)
    for name in ("ods_payout", "ods_bank_statement"):
        lake.give(name, [], days)
    lake.run("ods_reconciliation_decision", days)
    lake.run("rec_payout_bank", days)
    finder = ItemFinder(lake.warehouse, Lake(lake.settings), lake.settings, "rec_payout_bank")
    for day in (2, 3):
        story = finder.find("left:P1", FIRST + timedelta(days=day))
        assert (story.result["state"], story.left.count) == ("amount_mismatch", 2)
        assert [each.row["payout_no"] for each in story.left.rows] == ["P1", "P2"]
        assert [each.row["entry_no"] for each in story.right.rows] == ["E1"]
    # What was an item of its own has become a part of the older one.
    for name in ("left:P2", "P2", "E1"):
        story = finder.find(name)
        assert (story.result["item_id"], len(story.history)) == ("left:P1", 4)
    before = finder.find("left:P2", FIRST + timedelta(days=1))
    assert (before.result["item_id"], before.result["state"]) == ("left:P2", "left_only")


def payout(number: str, amount: str) -> Row:
    return {
        "payout_no": number,
        "bank_account": "B",
        "net_amount": Decimal(amount),
        "bank_reference": f"R{number}",
        "dt": FIRST,
    }
