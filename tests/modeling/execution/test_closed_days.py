"""Closed business dates keep what was reported; what is different is posted in an open one."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.errors import InputMissing
from tests.modeling.conftest import WriteWarehouse, changed
from tests.modeling.execution.closing_lake import (
    CLOSING_JOURNAL,
    DAYS,
    MODULES,
    booked,
    close,
    filled,
    reopen,
    run,
)
from tests.modeling.log_lake import day
from tests.modeling.materializations.test_append_only import (
    deliver,
)
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.closed_days import ClosedDay
from warehouse_assets.modeling.execution.taken_back import TakenBack
from warehouse_assets.modeling.load_errors import LoadError


def test_what_is_late_for_a_closed_day_is_posted_in_the_first_open_one(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
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
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
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
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 1, {"A": 11, "B": 7})
    deliver(lake, 2, {"A": 12})
    assert lake.stale("ads_balance", DAYS) == {day(2): "ods_line published since"}
    closed = run(lake, "ads_balance", 0, DAYS - 1)
    assert closed == [ClosedDay("ads_balance", day(1), 2, None)]
    nets = {row["dt"]: row["net_amount"] for row in lake.rows("ads_balance")}
    assert nets == {day(0): 10, day(1): 10, day(2): 12, day(3): 10}
    assert lake.stale("ads_balance", DAYS) == {}


def test_a_reopened_day_is_made_as_it_is_known_today(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 1, {"A": 11})
    run(lake, "dwd_journal", 1)
    run(lake, "ads_balance", 1)
    assert reopen(lake, 1) == [TakenBack("dwd_journal", day(2), 1, (day(1),))]
    assert lake.stale("ads_balance", DAYS) == {day(1): "ods_line published since"}
    assert run(lake, "ads_balance", 1) == []
    assert {r["net_amount"] for r in lake.rows("ads_balance") if r["dt"] == day(1)} == {11}
    # What was posted in the first open day is taken back there, and posted on the day itself.
    assert lake.stale("dwd_journal", DAYS) == {day(1): "ods_line published since"}
    assert run(lake, "dwd_journal", 1) == []
    rows = lake.rows("dwd_journal")
    assert booked(rows)[day(1), "A"] == 11
    assert [booked(rows, "dt")[day(number), "A"] for number in (1, 2)] == [11, 10]
    deliver(lake, 0, {"A": 1})
    assert [each.posted_in for each in run(lake, "dwd_journal", 0)] == [day(1)]


def test_what_was_posted_for_a_day_that_stays_closed_moves_to_the_first_open_one(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 4, "B": 7})
    run(lake, "dwd_journal", 0)
    before = lake.rows("dwd_journal")
    [taken] = reopen(lake, 1)
    assert str(taken) == f"dwd_journal {day(2)}: 2 rows posted for {day(0)} taken back"
    assert lake.stale("dwd_journal", DAYS) == {day(0): "ods_line published since"}
    assert [each.posted_in for each in run(lake, "dwd_journal", 0)] == [day(1)]
    rows = lake.rows("dwd_journal")
    assert [row for row in before if row not in rows] == [], "rows are only added"
    assert booked(rows, "dt") == {
        (day(0), "A"): 10, (day(1), "A"): 4, (day(1), "B"): 7, (day(2), "A"): 10, (day(3), "A"): 10,
    }  # fmt: skip
    # Closed once more, and corrected once more: nothing of it counts twice.
    close(lake, 2)
    deliver(lake, 0, {"A": 5})
    run(lake, "dwd_journal", 0, DAYS - 1)
    assert booked(lake.rows("dwd_journal"))[day(0), "A"] == 5
    assert booked(lake.rows("dwd_journal"), "dt")[day(3), "A"] == 11
    assert (day(0), "B") not in booked(lake.rows("dwd_journal"))


def test_a_line_has_a_number_of_its_own_in_the_day_that_takes_it(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    for amount in (11, 12):
        deliver(lake, 0, {"A": amount})
        deliver(lake, 1, {"A": amount})
        deliver(lake, 2, {"A": amount})
        run(lake, "dwd_journal", 0, 2)
    numbers = [row["supplement_no"] for row in lake.rows("dwd_journal") if row["dt"] == day(2)]
    assert sorted(numbers) == list(range(7))
    assert booked(lake.rows("dwd_journal"))[day(0), "A"] == 12


def test_the_day_that_takes_supplements_must_be_there(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, DAYS - 1)
    deliver(lake, 0, {"A": 11})
    with pytest.raises(InputMissing, match=f"posted in {day(DAYS)}, the first open day") as error:
        run(lake, "dwd_journal", 0)
    assert f"materialize +dwd_journal --partition {day(DAYS)}" in str(error.value)
    deliver(lake, DAYS, {"A": 10})
    closed = run(lake, "dwd_journal", 0, DAYS)
    assert [each.posted_in for each in closed] == [day(DAYS)]


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
