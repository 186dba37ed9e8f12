"""A report as one would read it from a lake, with texts that are meant to do harm."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from warehouse_assets.modeling.execution.finality import Awaited, DateStanding, Standing
from warehouse_assets.modeling.reconciliation.report_lines import LINE_COLUMNS
from warehouse_assets.reporting.day_report import DayReport, Item, Origin, RuleReport, Totals

DAY = date(2026, 3, 3)
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
_MORE = "billed 0.02 CNY more than paid"


def report(standing: Standing = Standing.PROVISIONAL) -> DayReport:
    """One rule with three open items, and one that has no results of the day."""
    waits = {"ods_payment": [DAY + timedelta(days=1)]} if standing is Standing.PROVISIONAL else {}
    found = DateStanding(standing, Awaited(waits))
    totals = Totals(
        "rec_payment_bill", DAY, "CNY", 5, 2, 1, 3, 1, 0,
        Decimal("1234567.89"), Decimal("20.02"), Decimal("12.37"), Decimal("5.55"), Decimal("1.23"),
    )  # fmt: skip
    items = [
        item(
            "left:P2", "1234567.89", "billed 0.02 CNY more than paid", left_id="P2", left_key=MARKUP
        ),
        item("=1+1", "1234567890123456.78", "+1", left_key="@SUM(A1)", right_key="-cmd"),
        item("left:P9", "5.55", "paid 5.55 CNY, not billed", right_id="http://example.org"),
    ]
    paid, billed = ("dwd_payment", "paid"), ("dwd_channel_bill", "billed")
    return DayReport(
        DAY,
        (
            RuleReport(
                "rec_payment_bill", "Payments and bills.", "team:payment", paid, billed, (totals,),
                (None,) * 11 + (5, 4, 4), items, 3,
                Origin("abc", "p1", "dwd_payment", "1", "dwd_channel_bill", "2"), DAY, found,
            ),
            RuleReport(
                "rec_wallet", "Wallets.", "team:payment", paid, billed, (), (None,) * 14, [], 0,
                None, date(2026, 2, 27), found,
            ),
        ),
        found,
    )  # fmt: skip


def item(line_id: str, amount: str, explanation: str, **others: object) -> Item:
    """An open item that is carried since the first of the month."""
    plain: dict[str, Any] = dict.fromkeys(LINE_COLUMNS)
    return plain | {
        "line_id": line_id,
        "kind": "item",
        "state": "amount_mismatch",
        "standing": "carried",
        "is_open": True,
        "currency": "CNY",
        "left_count": 1,
        "right_count": 1,
        "left_amount": Decimal(amount),
        "right_amount": Decimal("20.02"),
        "difference_amount": Decimal("-0.02"),
        "open_amount": Decimal("-0.02"),
        "explained_amount": Decimal("0.00"),
        "first_date": date(2026, 3, 1),
        "age_days": 2,
        "explanation": explanation,
        **others,
    }
