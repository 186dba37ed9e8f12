"""The lines of a report: what agrees summed up, every other item, and a line for each rule."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, Row, expect, run_sql
from warehouse_assets.ads.ads_reconciliation_report import RULES, ads_reconciliation_report

RULE = "rec_payment_bill"
YESTERDAY = DAY - timedelta(days=1)


def result(item: str, state: str, standing: str, amount: str, **others: object) -> Row:
    return {
        "item_id": item,
        "state": state,
        "standing": standing,
        "is_open": standing != "closed",
        "left_count": 1,
        "left_amount": Decimal(amount),
        "currency": "CNY",
        "first_date": DAY,
        "dt": DAY,
        **others,
    }


def lines(*results: Row, window: Window | None = None) -> list[Row]:
    found = run_sql(ads_reconciliation_report, {RULE: results}, window or Window.of_day(DAY))
    return [row for row in found if row["rule"] == RULE]


def test_what_agrees_is_a_line_for_each_state_and_currency() -> None:
    found = lines(
        result("left:1", "matched", "closed", "10.00"),
        result("left:2", "matched", "closed", "0.02", first_date=YESTERDAY),
        result("left:3", "matched", "closed", "5.00", currency="USD"),
        result("left:4", "timing", "closed", "7.00"),
    )
    expect(
        [row for row in found if row["kind"] == "agreement"],
        [
            {"line_id": "matched:CNY", "item_count": 2, "earlier_count": 1, "left_amount": "10.02"},
            {"line_id": "matched:USD", "item_count": 1, "earlier_count": 0, "left_amount": "5.00"},
            {"line_id": "timing:CNY", "item_count": 1, "earlier_count": 0, "left_amount": "7.00"},
        ],
    )


def test_every_other_item_has_a_line_of_its_own() -> None:
    found = lines(
        result("left:1", "left_only", "open", "10.00", explanation="paid, not billed"),
        result("left:2", "written_off", "closed", "3.00"),
    )
    expect(
        [row for row in found if row["kind"] == "item"],
        [
            {"line_id": "left:1", "is_open": True, "explanation": "paid, not billed"},
            {"line_id": "left:2", "is_open": False, "explanation": ""},
        ],
    )


def test_each_rule_has_a_line_for_each_day_of_a_range() -> None:
    window = Window.of_days(YESTERDAY, DAY)
    found = run_sql(
        ads_reconciliation_report, {RULE: [result("left:1", "matched", "closed", "1")]}, window
    )
    wholes = {(row["rule"], row["dt"]): row for row in found if row["kind"] == "rule"}
    assert wholes.keys() == {(name, day) for name in RULES.names for day in window}
    assert wholes[RULE, DAY]["item_count"] == 1
    assert wholes[RULE, YESTERDAY]["item_count"] == 0
