"""Days are provisional until all was delivered that counts; books close on final days only."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from resources.errors import InputMissing, PublishConflict, SettingsError
from resources.lake.closing.book_closing import Action
from resources.lake.closing.closing_record import read_books
from resources.lake.lake import Lake
from tests.modeling.conftest import WriteWarehouse, changed
from tests.modeling.execution.test_closed_days import MODULES, filled
from tests.modeling.log_lake import LogLake, day
from tests.modeling.materializations.test_append_only import ODS, deliver
from warehouse_assets.modeling.execution import closing
from warehouse_assets.modeling.execution.closing import close_books, reopen_books
from warehouse_assets.modeling.execution.finality import Finality, Standing
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

LATE = {
    **MODULES,
    "ods/ods_line": changed(
        ODS, 'format="csv")', 'format="csv"), change_log=change_log(key=("line_no",), '
        'sequence="updated_at", event_time="updated_at")',
    ),
    "ads/ads_balance": changed(
        MODULES["ads/ads_balance"], "same_day()", "latest(following(days=2))"
    ),
}  # fmt: skip


@pytest.fixture
def lake(write_warehouse: WriteWarehouse, tmp_path: Path) -> LogLake:
    return filled(write_warehouse(MODULES), tmp_path)


def close(lake: LogLake, number: int, by: str = "anna", **options: object) -> bool:
    opened = Lake(lake.settings)
    arguments = (lake.warehouse, opened, lake.settings, day(number), by)
    return close_books(*arguments, **options)[1]  # type: ignore[arg-type]


def reopen(lake: LogLake, number: int, reason: str = "wrong statement") -> date | None:
    opened = Lake(lake.settings)
    books, _ = reopen_books(lake.warehouse, opened, lake.settings, day(number), "berta", reason)
    return books.closed_through


def test_a_day_is_final_once_the_late_days_of_its_source_were_delivered(
    write_warehouse: WriteWarehouse, tmp_path: Path
) -> None:
    lake = filled(write_warehouse(LATE), tmp_path)
    finality = Finality(lake.warehouse, Lake(lake.settings))
    balance, journal = (lake.warehouse.table(name) for name in ("ads_balance", "dwd_journal"))
    days = [day(number) for number in range(4)]
    assert finality.provisional(journal, days) == []
    assert finality.provisional(balance, days) == days[2:]
    assert finality.standing(balance, day(1)) is Standing.FINAL
    assert finality.standing(balance, day(2)) is Standing.PROVISIONAL
    assert str(finality.awaited(balance, day(2))) == f"{day(4)} of ods_line"
    with pytest.raises(
        InputMissing, match=f"{day(2)}: provisional, waits for {day(4)} of ods_line"
    ):
        close(lake, 2)
    assert close(lake, 1)
    assert (
        Finality(lake.warehouse, Lake(lake.settings)).standing(balance, day(1)) is Standing.CLOSED
    )


def test_finance_waits_three_days_for_every_source_of_money() -> None:
    warehouse = load_warehouse()
    finality = Finality(warehouse, Lake.__new__(Lake))
    waits = finality.sources(warehouse.table("ads_finance_daily"))
    money = ("ods_payment", "ods_refund", "ods_channel_bill", "ods_settlement_item", "ods_order")
    assert {name: waits[name] for name in money} == dict.fromkeys(money, 3)
    assert finality.sources(warehouse.table("ods_payment")) == {"ods_payment": 0}
    assert finality.sources(warehouse.table("ads_trial_balance"))["ods_ledger_balance"] == 0
    closed = {table.name for table in warehouse.tables.values() if table.closes_with_books}
    assert {"dwd_journal_entry", "ads_trial_balance", "ads_finance_daily", "dm_finance"} <= closed


def test_who_closed_and_reopened_is_on_record_and_nothing_of_it_is_lost(lake: LogLake) -> None:
    assert close(lake, 1)
    assert not close(lake, 0, by="carl")
    assert reopen(lake, 1) == day(0)
    assert close(lake, 2, by="carl", reason="month's end")
    books = read_books(Lake(lake.settings))
    assert [
        (each.closing_no, each.action, each.business_date, each.closed_through)
        for each in books.closings
    ] == [
        (1, Action.CLOSE, day(1), day(1)),
        (2, Action.REOPEN, day(1), day(0)),
        (3, Action.CLOSE, day(2), day(2)),
    ]  # fmt: skip
    assert [each.decided_by for each in books.closings] == ["anna", "berta", "carl"]
    assert [each.reason for each in books.closings] == [None, "wrong statement", "month's end"]
    assert books.closings[0].decided_at < books.closings[1].decided_at
    assert reopen(lake, 0) is None


def test_days_that_are_not_up_to_date_are_not_closed(lake: LogLake) -> None:
    deliver(lake, 1, {"A": 11})
    with pytest.raises(
        InputMissing, match=f"dwd_journal {day(1)}: ods_line published since"
    ) as error:
        close(lake, 2)
    assert "materialize +dwd_journal +ads_balance" in str(error.value)
    assert close(lake, 0)
    assert close(lake, 2, force=True, reason="the auditor waits")
    last = read_books(Lake(lake.settings)).closings[-1]
    assert last.not_final is not None
    assert f"dwd_journal {day(1)}: ods_line published since" in last.not_final


@pytest.mark.parametrize(
    ("number", "message"),
    [(-1, "before the first date of this lake"), (100_000, "is not over yet")],
)
def test_days_that_the_lake_does_not_have_are_not_closed(
    lake: LogLake, number: int, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        close(lake, number)


def test_what_is_open_is_not_reopened_and_reasons_are_needed(lake: LogLake) -> None:
    with pytest.raises(SettingsError, match=f"the books of {day(0)} are open"):
        reopen(lake, 0)
    close(lake, 1)
    with pytest.raises(SettingsError, match=f"the books of {day(2)} are open"):
        reopen(lake, 2)
    with pytest.raises(SettingsError, match="needs a reason"):
        reopen(lake, 1, " ")
    with pytest.raises(SettingsError, match="needs a reason"):
        close(lake, 2, force=True)
    with pytest.raises(SettingsError, match="needs a reason"):
        close(lake, 2, force=True, reason=" ")
    assert len(read_books(Lake(lake.settings)).closings) == 1


def test_days_that_are_reopened_while_somebody_closes_are_not_closed_unseen(
    lake: LogLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(lake, 1)
    look = closing.stale_partitions

    def reopened_meanwhile(*arguments: Any) -> Any:
        found = look(*arguments)
        reopen(lake, 0)
        return found

    monkeypatch.setattr(closing, "stale_partitions", reopened_meanwhile)
    with pytest.raises(PublishConflict, match=f"berta reopened the books before {day(2)}"):
        close(lake, 2)
    monkeypatch.undo()
    assert read_books(Lake(lake.settings)).closed_through is None
    assert close(lake, 2)


def test_of_many_who_close_at_once_each_is_on_record_or_was_too_late(lake: LogLake) -> None:
    done: list[tuple[int, bool]] = []
    begin = threading.Barrier(4)

    def closer(number: int) -> None:
        begin.wait()
        done.append((number, close(lake, number, by=f"closer {number}")))

    threads = [threading.Thread(target=closer, args=(number,)) for number in (0, 1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    closings = read_books(Lake(lake.settings)).closings
    assert [each.closing_no for each in closings] == list(range(1, len(closings) + 1))
    closed = [each.business_date for each in closings]
    assert closed == sorted(set(closed))
    assert closed[-1] == day(3)
    assert len(closings) == sum(is_new for _, is_new in done)
