"""A small lake in which payments and channel bills are reconciled over a few days."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.window import Window
from resources.lake.publish.table_write import Published
from resources.settings import Settings
from tests.tables.run_sql import Row, create_table, plain_row
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 3)
DAYS = Window.of_days(FIRST, LAST)
RULE = "rec_payment_bill"
REPORT = "ads_reconciliation_report"
FORMULA = "=HYPERLINK(1)"
"""A number of a payment that a spreadsheet would take for a formula, and a page for markup."""


@dataclass(frozen=True)
class ReconciledLake:
    """A lake of three days of payments and bills, with all rules' results."""

    settings: Settings
    warehouse: Warehouse

    @classmethod
    def make(cls, home: Path) -> ReconciledLake:
        """A new lake; every other rule has days without rows.

        The bill of P3 comes two days late: each day is reported without it first, then with it.
        """
        settings = Settings(home=home, first_date=FIRST, threads=1)
        lake = cls(settings, load_warehouse())
        for name in lake.warehouse.tables:
            if name.startswith("rec_") and name != RULE:
                lake.give(name, [])
        for name in ("dim_date", "dim_channel"):
            lake.run(name)
        lake.deliver()
        lake.give("dwd_manual_adjustment", [])
        # Nothing more comes of the first day: it is final for the rule, the others are not.
        late = Window.of_day(LAST + timedelta(days=1))
        for name in ("ods_payment", "ods_channel_bill"):
            lake.give(name, [], late)
        for window in (DAYS, late):
            lake.give("ods_manual_adjustment", [], window)
        lake.run("ods_reconciliation_decision", DAYS)
        lake.reconcile(DAYS)
        lake.deliver(bill("B7", "OP3", "5.55", 0, delivered=2))
        lake.reconcile(DAYS)
        return lake

    def deliver(self, *late: Row) -> None:
        """Publish what both sides deliver, with late lines of bills if there are any."""
        self.give("ods_payment", payments())
        self.give("ods_channel_bill", [*bills(), *late])

    def reconcile(self, window: Window) -> None:
        """Run both sides, the rule, and what is made of it."""
        for name in ("dwd_payment", "dwd_channel_bill", RULE, REPORT):
            self.run(name, window)

    def next_day(self) -> date:
        """Publish one more day on which neither side has rows; returns it."""
        last = max(Lake(self.settings).snapshot(self.warehouse.table(RULE).spec).days)
        window = Window.of_day(last + timedelta(days=1))
        for name in self.warehouse.tables:
            if name.startswith("rec_") and name != RULE:
                self.give(name, [], window)
        for name in ("ods_payment", "ods_channel_bill", "dwd_manual_adjustment"):
            self.give(name, [], window)
        self.run("ods_reconciliation_decision", window)
        self.reconcile(window)
        return window.start

    def give(self, name: str, rows: Sequence[Row], window: Window = DAYS) -> None:
        """Publish the rows as all there is of a table in the days."""
        table = self.warehouse.table(name)
        with duckdb_session(self.settings) as connection:
            functions.install(connection, self.settings.time_zone)
            create_table(
                connection, table, [plain_row(table, row, window) for row in rows], "given"
            )
            context = PublishContext("given", "code")
            Lake(self.settings).publish(
                table.bare_spec, window, "SELECT * FROM given", connection, context
            )

    def run(self, name: str, window: Window | None = None) -> Published:
        """Run a table."""
        table, lake = self.warehouse.table(name), Lake(self.settings)
        return TableRun(
            table, window, f"run-of-{name}", self.warehouse, lake, self.settings
        ).publish()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Every published row of a table."""
        lake = Lake(self.settings)
        sql = lake.relation_sql(lake.snapshot(self.warehouse.table(name).spec), None)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            result = connection.execute(sql)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def payments() -> list[Row]:
    """Four that agree, one of them late, one billed too high, three that no bill knows."""
    return [
        payment("P1", "10.00", 0),
        payment("P2", "20.00", 0),
        payment("P3", "5.55", 0),
        payment("P4", "7.00", 0),
        payment(FORMULA, "1.25", 0, outward="O<b>bold</b>"),
        payment("P5", "30.00", 1),
        payment("P8", "5.55", 0),
        payment("P6", "1234567.89", 2),
    ]


def bills() -> list[Row]:
    """What the channels bill for these, and one line of which nobody knows."""
    return [
        bill("B1", "OP1", "10.00", 0),
        bill("B2", "OP2", "20.02", 0),
        bill("B3", "O-unknown", "5.55", 0),
        bill("B4", "OP4", "7.00", 1),
        bill("B5", "OP5", "30.00", 1),
        bill("B6", "OP6", "1234567.89", 2),
    ]


def payment(number: str, amount: str, day: int, outward: str | None = None) -> Row:
    """A captured payment of that day."""
    return {
        "payment_no": number,
        "order_no": f"order of {number}",
        "payment_method": "alipay",
        "merchant_no": "M1",
        "outward_no": outward or f"O{number}",
        "payment_status": "captured",
        "payment_amount": Decimal(amount),
        **dict.fromkeys(("created_at", "paid_at", "updated_at"), _noon(day)),
        "source_file": f"payment_center/payment/{FIRST + timedelta(days=day)}/part-0.parquet",
        "source_line": 1 + [*"12345678"].index(number[1:]) if number[1:].isdigit() else 9,
        "dt": FIRST + timedelta(days=day),
    }


def bill(
    transaction: str, outward: str, amount: str, day: int, delivered: int | None = None
) -> Row:
    """A successful line on the bill of that day."""
    on = FIRST + timedelta(days=day if delivered is None else delivered)
    return {
        "channel": "alipay",
        "merchant_no": "M1",
        "channel_transaction_no": transaction,
        "outward_no": outward,
        "transaction_type": "交易",
        "transaction_status": "SUCCESS",
        "gross_amount": Decimal(amount),
        "transaction_at": _noon(day),
        "source_file": f"channel/alipay/{on}/bill.csv",
        "source_line": 10 + int(transaction[1:]),
        "dt": on,
    }


def _noon(day: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(4), UTC)


def document(text: str) -> Any:
    """What a command printed with --json."""
    return json.loads(text)


def by_item(rows: Sequence[Mapping[str, Any]], name: str = "item_id") -> dict[str, Any]:
    """Rows by their item."""
    return {str(row[name]): row for row in rows}
