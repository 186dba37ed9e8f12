"""Closed business dates keep what was reported, and the books sum up to the same all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.errors import InputMissing, PublishConflict
from resources.lake.closing.book_closing import Action, BookClosing, Books
from resources.lake.closing.closing_record import add_closing, new_closing, read_books
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.modeling.conftest import WriteWarehouse, changed
from tests.modeling.log_lake import LogLake, day
from tests.modeling.materializations.test_append_only import (
    JOURNAL,
    ODS,
    Lines,
    deliver,
)
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.closed_days import ClosedDay
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.load_errors import LoadError

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


@pytest.fixture
def warehouse(write_warehouse: WriteWarehouse) -> Warehouse:
    return write_warehouse(MODULES)


def close(lake: LogLake, number: int) -> Books:
    return _decide(lake, Action.CLOSE, day(number), day(number))


def reopen(lake: LogLake, number: int) -> Books:
    return _decide(lake, Action.REOPEN, day(number), day(number - 1) if number else None)


def _decide(lake: LogLake, action: Action, on: date, through: date | None) -> Books:
    def decide(books: Books) -> BookClosing:
        return new_closing(books, action, on, through, "test", "because")

    opened = Lake(lake.settings)
    names = ("dwd_journal", "ads_balance")
    return add_closing(opened, [lake.warehouse.table(name).spec for name in names], decide)


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


def test_what_is_late_for_a_closed_day_is_posted_in_the_first_open_one(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 10, "B": 7})
    assert lake.stale("dwd_journal", DAYS) == {day(0): "ods_line published since"}
    assert run(lake, "dwd_journal", 0) == [ClosedDay("dwd_journal", day(0), 1, day(2))]
    (late,) = [row for row in lake.rows("dwd_journal") if row["line_no"] == "B"]
    assert (late["dt"], late["corrected_date"], late["debit_amount"]) == (day(2), day(0), 7)
    assert lake.stale("dwd_journal", DAYS) == {}
    before = lake.rows("dwd_journal")
    assert run(lake, "dwd_journal", 0, DAYS - 1) == []
    assert lake.rows("dwd_journal") == before


def test_a_corrected_and_a_withdrawn_line_are_posted_as_their_difference(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 4})
    deliver(lake, 1, {})
    closed = run(lake, "dwd_journal", 0, 2)
    assert [(each.day, each.rows, each.posted_in) for each in closed] == [
        (day(0), 1, day(2)), (day(1), 1, day(2)),
    ]  # fmt: skip
    rows = lake.rows("dwd_journal")
    assert booked(rows) == {(day(0), "A"): 4, (day(2), "A"): 10, (day(3), "A"): 10}
    assert booked(rows, "dt") == {
        (day(0), "A"): 10, (day(1), "A"): 10, (day(2), "A"): -6, (day(3), "A"): 10,
    }  # fmt: skip


def test_a_reported_table_keeps_closed_days_and_says_what_would_differ(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 1, {"A": 11, "B": 7})
    deliver(lake, 2, {"A": 12})
    assert lake.stale("ads_balance", DAYS) == {day(2): "ods_line published since"}
    closed = run(lake, "ads_balance", 0, DAYS - 1)
    assert closed == [ClosedDay("ads_balance", day(1), 2, None)]
    nets = {row["dt"]: row["net_amount"] for row in lake.rows("ads_balance")}
    assert nets == {day(0): 10, day(1): 10, day(2): 12, day(3): 10}
    assert lake.stale("ads_balance", DAYS) == {}


def test_a_reopened_day_is_made_as_it_is_known_today(warehouse: Warehouse, tmp_path: Path) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 1, {"A": 11})
    run(lake, "dwd_journal", 1)
    run(lake, "ads_balance", 1)
    reopen(lake, 1)
    assert lake.stale("ads_balance", DAYS) == {day(1): "ods_line published since"}
    assert run(lake, "ads_balance", 1) == []
    assert {r["net_amount"] for r in lake.rows("ads_balance") if r["dt"] == day(1)} == {11}
    # What was posted in the first open day stays there, and counts for the reopened one.
    run(lake, "dwd_journal", 1)
    deliver(lake, 1, {"A": 9})
    assert run(lake, "dwd_journal", 1) == []
    rows = lake.rows("dwd_journal")
    assert booked(rows)[day(1), "A"] == 9
    assert booked(rows, "dt")[day(2), "A"] == 11
    deliver(lake, 0, {"A": 1})
    assert [each.posted_in for each in run(lake, "dwd_journal", 0)] == [day(1)]


def test_a_line_has_a_number_of_its_own_in_the_day_that_takes_it(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, 1)
    for amount in (11, 12):
        deliver(lake, 0, {"A": amount})
        deliver(lake, 1, {"A": amount})
        deliver(lake, 2, {"A": amount})
        run(lake, "dwd_journal", 0, 2)
    numbers = [row["supplement_no"] for row in lake.rows("dwd_journal") if row["dt"] == day(2)]
    assert sorted(numbers) == list(range(7))
    assert booked(lake.rows("dwd_journal"))[day(0), "A"] == 12


def test_the_day_that_takes_supplements_must_be_there(warehouse: Warehouse, tmp_path: Path) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, DAYS - 1)
    deliver(lake, 0, {"A": 11})
    with pytest.raises(InputMissing, match=f"posted in {day(DAYS)}, the first open day") as error:
        run(lake, "dwd_journal", 0)
    assert f"materialize +dwd_journal --partition {day(DAYS)}" in str(error.value)
    deliver(lake, DAYS, {"A": 10})
    closed = run(lake, "dwd_journal", 0, DAYS)
    assert [each.posted_in for each in closed] == [day(DAYS)]


@pytest.mark.parametrize("name", ["dwd_journal", "ads_balance"])
def test_a_run_that_began_before_the_close_publishes_nothing_into_it(
    warehouse: Warehouse, tmp_path: Path, name: str
) -> None:
    lake = filled(warehouse, tmp_path)
    deliver(lake, 1, {"A": 11})
    before = lake.rows(name)

    def close_meanwhile(phase: str) -> None:
        if phase == "publishing":
            close(lake, 1)

    with pytest.raises(PublishConflict, match="test closed the books"):
        started(lake, name, 1, 2).publish(close_meanwhile)
    assert lake.rows(name) == before


def test_who_is_stopped_after_posting_posts_nothing_twice(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 11})

    def die(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        # Told by the second commit, that of the closed day: the first has no phases.
        started(lake, "dwd_journal", 0, 0).publish(
            lambda phase: die(phase) if phase == "publishing" else None
        )
    posted = lake.rows("dwd_journal")
    assert booked(posted)[day(0), "A"] == 11
    assert day(0) in lake.stale("dwd_journal", DAYS)
    assert run(lake, "dwd_journal", 0) == []
    assert lake.rows("dwd_journal") == posted
    assert lake.stale("dwd_journal", DAYS) == {}


WANTED = st.dictionaries(st.sampled_from("AB"), st.integers(-2, 3), max_size=2)
STEP = st.one_of(
    st.tuples(st.just("deliver"), st.integers(0, DAYS - 1), WANTED),
    st.tuples(st.just("close"), st.integers(0, DAYS - 2), st.just({})),
    st.tuples(st.just("reopen"), st.integers(0, DAYS - 2), st.just({})),
)


@given(st.lists(STEP, min_size=2, max_size=6))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def check_sums(folder: Path, warehouse: Warehouse, steps: list[tuple[str, int, Lines]]) -> None:
    lake = filled(warehouse, folder)
    wanted: dict[int, Lines] = {number: {"A": 10} for number in range(DAYS)}
    for action, number, lines in steps:
        if action == "deliver":
            closed = read_books(Lake(lake.settings)).closed_through
            frozen = [row for row in lake.rows("dwd_journal") if closed and row["dt"] <= closed]
            deliver(lake, number, lines)
            wanted[number] = lines
            run(lake, "dwd_journal", number)
            after = lake.rows("dwd_journal")
            assert [row for row in after if closed and row["dt"] <= closed] == frozen
        elif action == "close":
            close(lake, number)
        else:
            reopen(lake, number)
        assert booked(lake.rows("dwd_journal")) == {
            (day(n), line): net for n, lines in wanted.items() for line, net in lines.items() if net
        }
    rows = lake.rows("dwd_journal")
    run(lake, "dwd_journal", 0, DAYS - 1)
    assert lake.rows("dwd_journal") == rows


def test_sums_are_the_same_however_often_books_are_closed(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    check_sums(tmp_path, warehouse)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (', corrects="corrected_date"', "", "has no column for the closed date"),
        ('corrects="corrected_date"', 'corrects="note"', "corrects names note, which is no date"),
        ('adjusting=("debit_amount", "credit_amount"), ', "", "goes with adjusting"),
    ],
)
def test_a_table_that_could_not_be_closed_is_refused_when_loaded(
    write_warehouse: WriteWarehouse, old: str, new: str, message: str
) -> None:
    with pytest.raises(LoadError, match=message):
        write_warehouse({**MODULES, "fact/dwd_journal": changed(CLOSING_JOURNAL, old, new)})
