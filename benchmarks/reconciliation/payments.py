"""Payments and channel bills of any number, published as the facts that rule 3 compares.

One payment in a thousand is not billed, one in a thousand is billed otherwise, one in a hundred is
on the bill of the next day; one merchant may have a given share of all. Of five thousand, one has
failed by the bill, one is billed in another currency, one is billed twice, one is there twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.measure import FIRST_DAY
from resources.duckdb.engine import lake_session
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun

RULE = "rec_payment_bill"
PAYMENTS, BILLS = "dwd_payment", "dwd_channel_bill"
EMPTY = ("dwd_manual_adjustment", "ods_reconciliation_decision")
MERCHANTS = 500


@dataclass(frozen=True)
class Payments:
    """Payments of some days, `rows` on each; one merchant has `share` of them.

    Those of other days have other numbers if they begin at another `first`.
    """

    days: Window
    rows: int
    share: float = 0.0
    first: int = 0
    are_billed: bool = True

    def publish(self, settings: Settings, warehouse: Warehouse) -> None:
        """Publish both facts, and the inputs of the rule that have no rows here."""
        lake = Lake(settings)
        for name in (PAYMENTS, BILLS, *EMPTY):
            spec = warehouse.table(name).spec
            with lake_session(settings, []) as connection:
                functions.install(connection, settings.time_zone)
                sql = self._sql(spec, name)
                lake.publish(spec, self.days, sql, connection, PublishContext("bench", "v1"))

    def _sql(self, spec: TableSpec, name: str) -> str:
        values = {PAYMENTS: _PAYMENT, BILLS: _BILL}.get(name, {})
        columns = ", ".join(_value(column, values) for column in spec.columns)
        rows = self.rows if values and (self.are_billed or name != BILLS) else 0
        first = self.days.start.isoformat()
        merchant = (
            f"CASE WHEN hash(range) % 1000 < {round(self.share * 1000)} THEN 0 "
            f"ELSE 1 + hash(range, 1) % {MERCHANTS} END"
        )
        paid = f"DATE '{first}' + CAST(range // {max(rows, 1)} AS INTEGER)"
        missing = "number % 1000 = 7" if name == BILLS else "false"
        next_day = "number % 100 = 3" if name == BILLS else "false"
        repeated = {PAYMENTS: "number % 5000 = 1015", BILLS: "number % 5000 = 1017"}.get(
            name, "false"
        )
        last = self.days.last.isoformat()
        return f"""
            SELECT {columns} FROM (
                SELECT
                    number, merchant, time, CASE WHEN {next_day} THEN paid + 1 ELSE paid END AS dt
                FROM (
                    SELECT range + {self.first} AS number, {merchant} AS merchant, {paid} AS paid
                    FROM range({rows * len(self.days)})
                ), (VALUES (1), (2)) AS times(time)
                WHERE NOT {missing} AND (time = 1 OR {repeated})
            ) WHERE dt <= DATE '{last}'
        """


_CHANNEL = "CASE number % 3 WHEN 0 THEN 'alipay' WHEN 1 THEN 'wechat_pay' ELSE 'card' END"
_AMOUNT = "CAST(1 + (hash(number, 7) % 100000) / 100 AS DECIMAL(18, 2))"
_TIME = "CASE WHEN time > 1 THEN ':' || time ELSE '' END"
_COMMON = {
    "merchant_no": "'M' || lpad(merchant::VARCHAR, 6, '0')",
    "outward_no": "'OUT' || lpad(number::VARCHAR, 14, '0')",
    "dt": "dt",
}
_PAYMENT = _COMMON | {
    "payment_no": f"'P' || lpad(number::VARCHAR, 14, '0') || {_TIME}",
    "order_no": "'O' || lpad(number::VARCHAR, 14, '0')",
    "payment_method": _CHANNEL,
    "currency": "'CNY'",
    "paid_amount": _AMOUNT,
}
_BILL = _COMMON | {
    "bill_line_id": f"'channel/' || dt::VARCHAR || '/bill.csv:' || number::VARCHAR || {_TIME}",
    "channel": _CHANNEL,
    "channel_transaction_no": "'T' || lpad(number::VARCHAR, 14, '0')",
    "bill_type": "'pay'",
    "currency": "CASE WHEN number % 5000 = 1013 THEN 'USD' ELSE 'CNY' END",
    "is_successful": "number % 5000 <> 1011",
    "is_repeated": "false",
    "is_counted": "true",
    "gross_amount": f"{_AMOUNT} + CASE WHEN number % 1000 = 9 THEN 0.02 ELSE 0 END",
}


def _value(column: ColumnSpec, values: dict[str, str]) -> str:
    plain = {"VARCHAR": "'-'", "BOOLEAN": "false", "DATE": "dt"}
    if column.name in values:
        return column.cast(values[column.name])
    if column.nullable:
        return column.cast("NULL")
    if column.type.startswith("TIMESTAMP"):
        return column.cast("dt::TIMESTAMPTZ")
    return column.cast(plain.get(column.type, "0"))


def days_of(count: int, first: date = FIRST_DAY) -> Window:
    """So many days from the first on."""
    return Window.of_days(first, first + timedelta(days=count - 1))


def reconcile(settings: Settings, warehouse: Warehouse, days: Window) -> None:
    """Run the rule over the days, in order."""
    TableRun(warehouse.table(RULE), days, "bench", warehouse, Lake(settings), settings).publish()
