"""Rules over payments and channel bills, and days of rows to run them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from resources.lake.model.window import Window
from tests.tables.reconciliation.run_days import run_days as day_after_day
from tests.tables.run_sql import DAY, Row
from warehouse_assets.modeling import Table
from warehouse_assets.modeling.reconciliation.reconcile import Reconcile
from warehouse_assets.modeling.reconciliation.sql.statement import statement
from warehouse_assets.reconciliation.rec_payment_bill import rec_payment_bill

NAME = rec_payment_bill.name
assert isinstance(rec_payment_bill.materialization, Reconcile)
RULE = rec_payment_bill.materialization.rule


def rule_table(**changes: Any) -> Table:
    """The table of rule 3 with another rule: `changes` are fields of Rule."""
    rule = replace(RULE, **changes)
    materialization = Reconcile(rule)
    return replace(rec_payment_bill, sql=statement(rule, NAME), materialization=materialization)


def payment(number: str, amount: str, *, day: int = 0, **given: Any) -> Row:
    """A payment, so many days after DAY, that is billed under its own number."""
    return {
        "payment_no": f"P{number}",
        "payment_method": "alipay",
        "merchant_no": "M1",
        "outward_no": f"O{number}",
        "paid_amount": Decimal(amount),
        "currency": "CNY",
        "dt": DAY + timedelta(days=day),
        **given,
    }


def bill(number: str, amount: str, *, day: int = 0, **given: Any) -> Row:
    """A line of a bill, so many days after DAY, of the payment of that number."""
    return {
        "bill_line_id": f"B{number}",
        "channel": "alipay",
        "merchant_no": "M1",
        "outward_no": f"O{number}",
        "gross_amount": Decimal(amount),
        "currency": "CNY",
        "bill_type": "pay",
        "is_successful": True,
        "dt": DAY + timedelta(days=day),
        **given,
    }


def run_days(
    table: Table, rows: Mapping[str, Sequence[Row]], days: int = 1
) -> dict[date, list[Row]]:
    """The results of so many days from DAY on, each carried on from those before."""
    window = Window.of_days(DAY, DAY + timedelta(days=days - 1))
    given = [
        {name: [row for row in each if row["dt"] == day] for name, each in rows.items()}
        for day in window
    ]
    return dict(zip(window, day_after_day(table, *given), strict=True))


def states(results: Sequence[Row]) -> dict[str, str]:
    """The state of each item."""
    return {row["item_id"]: row["state"] for row in results}
