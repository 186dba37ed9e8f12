"""An append-only table keeps every row it ever had, and its bookings sum up to what is wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.lake.publish.table_write import RulesBroken
from tests.modeling.conftest import HEADER, WriteWarehouse, changed
from tests.modeling.log_lake import LogLake, Row, day, instant
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.load_errors import LoadError

DAYS = 2
ODS = HEADER + """
from resources.sources.declaration.files import files

class OdsLine(DeliveredContract):
    line_no: Text = column("Line")
    note: Text = column("Note")
    debit_amount: Money = column("Debit")
    credit_amount: Money = column("Credit")
    currency: Text = column("Currency")
    updated_at: Timestamp = column("When it was changed")

ods_line = table(OdsLine, owner="team:finance", source=files("log", format="csv"))
"""  # fmt: skip
JOURNAL = HEADER + '''
class DwdJournal(Contract):
    line_no: Text = key("Line")
    supplement_no: Integer = key("0 for the first booking, then counted up")
    note: Text = column("Note")
    debit_amount: Money = column("Debit", ge=0)
    credit_amount: Money = column("Credit", ge=0)
    currency: Text = column("Currency")
    dt: Day = partition("Business date")

dwd_journal = table(
    DwdJournal,
    owner="team:finance",
    materialization=append_only(adjusting=("debit_amount", "credit_amount")),
    reads={"ods_line": same_day()},
    checks=[guard("few", "COUNT(*) < 100")],
    sql="""
        SELECT line_no, 0 AS supplement_no, note, debit_amount, credit_amount, currency, dt
        FROM ods_line
        WHERE dt >= :start AND dt < :end
    """,
)
'''  # fmt: skip
PLAIN = changed(
    changed(
        changed(JOURNAL, 'materialization=append_only(adjusting=("debit_amount", "credit_amount"))',
                "materialization=append_only()"),
        "    supplement_no: Integer = key(\"0 for the first booking, then counted up\")\n", ""),
    "0 AS supplement_no, ", "",
).replace("dwd_journal", "dwd_entry")  # fmt: skip

Lines = dict[str, int]
"""Line -> debit less credit."""

WANTED = st.dictionaries(st.sampled_from("ABC"), st.integers(-2, 3), max_size=3)
STEPS = st.lists(st.tuples(st.integers(0, DAYS - 1), WANTED), min_size=1, max_size=4)


def _row(line_no: str, net: int, note: str = "-") -> Row:
    return {
        "line_no": line_no,
        "note": note,
        "debit_amount": max(net, 0),
        "credit_amount": max(-net, 0),
        "currency": "CNY",
        "updated_at": instant(0),
    }


def deliver(lake: LogLake, number: int, wanted: Lines, note: str = "-") -> None:
    lake.deliver("ods_line", number, [_row(line, net, note) for line, net in wanted.items()])
    lake.run("ods_line", number)


def _bookings(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[date, str], list[Decimal]]:
    """Bookings of each line of a day, in the order of their numbers."""
    found: dict[tuple[date, str], dict[int, Decimal]] = defaultdict(dict)
    for row in rows:
        assert row["debit_amount"] == 0 or row["credit_amount"] == 0
        net = row["debit_amount"] - row["credit_amount"]
        assert row["supplement_no"] not in found[row["dt"], row["line_no"]]
        found[row["dt"], row["line_no"]][row["supplement_no"]] = net
    assert all(sorted(numbers) == list(range(len(numbers))) for numbers in found.values())
    return {line: [numbers[n] for n in sorted(numbers)] for line, numbers in found.items()}


@given(STEPS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def check_journal(folder: Path, warehouse: Warehouse, steps: list[tuple[int, Lines]]) -> None:
    lake = LogLake.make(warehouse, folder)
    for number in range(DAYS):
        deliver(lake, number, {})
    booked: dict[tuple[date, str], list[Decimal]] = {}
    for number, wanted in steps:
        deliver(lake, number, wanted)
        lake.run("dwd_journal", 0, DAYS - 1)
        for line in "ABC":
            place = (day(number), line)
            difference = wanted.get(line, 0) - sum(booked.get(place, []))
            if difference:
                booked.setdefault(place, []).append(Decimal(difference))
        assert _bookings(lake.rows("dwd_journal")) == booked
    assert lake.run("dwd_journal", 0, DAYS - 1).rows == 0
    assert not lake.stale("dwd_journal", DAYS)


@given(STEPS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def check_entries(folder: Path, warehouse: Warehouse, steps: list[tuple[int, Lines]]) -> None:
    lake = LogLake.make(warehouse, folder)
    there: dict[tuple[date, str], Decimal] = {}
    for number, wanted in steps:
        deliver(lake, number, wanted)
        lake.run("dwd_entry", number)
        for line, net in wanted.items():
            there.setdefault((day(number), line), Decimal(net))
        found = {
            (row["dt"], row["line_no"]): row["debit_amount"] - row["credit_amount"]
            for row in lake.rows("dwd_entry")
        }
        assert found == there


def test_bookings_of_a_line_sum_up_to_what_is_wanted(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    modules = {"ods/ods_line": ODS, "fact/dwd_journal": JOURNAL}
    check_journal(tmp_path, write_warehouse(modules))  # type: ignore[call-arg]


def test_what_was_appended_stays_as_it_was(tmp_path: Path, write_warehouse: WriteWarehouse) -> None:
    modules = {"ods/ods_line": ODS, "fact/dwd_entry": PLAIN}
    check_entries(tmp_path, write_warehouse(modules))  # type: ignore[call-arg]


def test_a_line_that_is_gone_is_taken_back_as_it_was_booked(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    lake = LogLake.make(
        write_warehouse({"ods/ods_line": ODS, "fact/dwd_journal": JOURNAL}), tmp_path
    )
    for wanted, note in ({"A": 5}, "first"), ({"A": 7}, "second"), ({}, "third"):
        deliver(lake, 0, wanted, note)
        lake.run("dwd_journal", 0)
    rows = sorted(lake.rows("dwd_journal"), key=lambda row: row["supplement_no"])
    found = [(row["note"], row["debit_amount"], row["credit_amount"]) for row in rows]
    assert found == [("first", 5, 0), ("second", 2, 0), ("second", 0, 7)]


def test_a_guard_looks_at_what_was_booked_before_as_well(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    one_at_most = changed(JOURNAL, "COUNT(*) < 100", "COUNT(*) < 2")
    lake = LogLake.make(
        write_warehouse({"ods/ods_line": ODS, "fact/dwd_journal": one_at_most}), tmp_path
    )
    deliver(lake, 0, {"A": 5})
    lake.run("dwd_journal", 0)
    deliver(lake, 0, {"A": 6})
    with pytest.raises(RulesBroken):
        lake.run("dwd_journal", 0)
    assert len(lake.rows("dwd_journal")) == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"credit_amount"))', '"credit"))', "adjusting names credit"),
        ('"credit_amount"))', '"line_no"))', "adjusting names line_no"),
        ('"credit_amount"))', '"credit_amount"), supplement="number")', "number is not in the key"),
        ('"credit_amount"))', '"credit_amount", "note"))', "a debit and a credit"),
    ],
)
def test_columns_that_do_not_fit_are_an_error(
    old: str, new: str, words: str, write_warehouse: WriteWarehouse
) -> None:
    with pytest.raises(LoadError, match=words):
        write_warehouse({"ods/ods_line": ODS, "fact/dwd_journal": changed(JOURNAL, old, new)})
