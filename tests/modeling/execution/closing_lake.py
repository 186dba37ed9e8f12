"""A journal and a reported table over lines, in a lake whose books are closed and reopened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from resources.lake.closing.book_closing import Action, BookClosing, Books
from resources.lake.closing.closing_record import add_closing, new_closing
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.modeling.conftest import changed
from tests.modeling.log_lake import LogLake, day
from tests.modeling.materializations.test_append_only import (
    JOURNAL,
    ODS,
    deliver,
)
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.closed_days import ClosedDay
from warehouse_assets.modeling.execution.closing import reopen_books
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.execution.taken_back import TakenBack

DAYS = 4
CLOSING_JOURNAL = changed(
    changed(
        changed(
            JOURNAL,
            'append_only(adjusting=("debit_amount", "credit_amount"))',
            'append_only(adjusting=("debit_amount", "credit_amount"), corrects="corrected_date"),'
            "\n    closes_with_books=True",
        ),
        "    dt: Day",
        '    corrected_date: Day = column("Closed date", null=True)\n    dt: Day',
    ),
    "currency, dt\n",
    "currency, CAST(NULL AS DATE) AS corrected_date, dt\n",
)
BALANCE = '''"""One row per day."""

from warehouse_assets.modeling import *

class AdsBalance(Contract):
    line_no: Text = key("Line")
    net_amount: Money = column("Debit less credit")
    dt: Day = partition("Business date")

ads_balance = table(
    AdsBalance,
    owner="team:finance",
    closes_with_books=True,
    reads={"ods_line": same_day()},
    sql="""
        SELECT line_no, SUM(debit_amount - credit_amount) AS net_amount, dt
        FROM ods_line
        WHERE dt >= :start AND dt < :end
        GROUP BY line_no, dt
    """,
)
'''
MODULES = {
    "ods/ods_line": ODS, "fact/dwd_journal": CLOSING_JOURNAL, "ads/ads_balance": BALANCE,
}  # fmt: skip
Bookings = dict[tuple[date, str], Decimal]
"""Date a line is booked for, or in, and line -> debit less credit."""


def close(lake: LogLake, number: int) -> Books:
    def decide(books: Books) -> BookClosing:
        return new_closing(books, Action.CLOSE, day(number), day(number), "test", "because")

    opened = Lake(lake.settings)
    names = ("dwd_journal", "ads_balance")
    return add_closing(opened, [lake.warehouse.table(name).spec for name in names], decide)


def reopen(lake: LogLake, number: int) -> list[TakenBack]:
    """Reopen the books from the day on; what was taken back of later days."""
    opened = Lake(lake.settings)
    arguments = (lake.warehouse, opened, lake.settings, day(number), "test", "because")
    return reopen_books(*arguments)[1]


def started(lake: LogLake, name: str, first: int, last: int) -> TableRun:
    window = Window.of_days(day(first), day(last))
    table, opened = lake.warehouse.table(name), Lake(lake.settings)
    return TableRun(table, window, "run", lake.warehouse, opened, lake.settings)


def run(lake: LogLake, name: str, first: int, last: int | None = None) -> list[ClosedDay]:
    """Run the table; what became of its closed days."""
    begun = started(lake, name, first, first if last is None else last)
    begun.publish()
    return begun.closed


def filled(warehouse: Warehouse, folder: Path) -> LogLake:
    """A lake with a line of 10 each day, in all tables."""
    lake = LogLake.make(warehouse, folder)
    for number in range(DAYS):
        deliver(lake, number, {"A": 10})
    for name in ("dwd_journal", "ads_balance"):
        lake.run(name, 0, DAYS - 1)
    return lake


def booked(rows: Sequence[Mapping[str, Any]], of: str = "own") -> Bookings:
    """Sums by line and the date they are booked for ("own"), or booked in ("dt")."""
    sums: Bookings = defaultdict(Decimal)
    for row in rows:
        on = row["dt"] if of == "dt" else row["corrected_date"] or row["dt"]
        sums[on, row["line_no"]] += row["debit_amount"] - row["credit_amount"]
    return {place: net for place, net in sums.items() if net}
