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
