"""A folder that holds a month: its rows belong to its days, by the day of a column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resources.errors import InputMissing, SettingsError
from resources.lake.model.window import Window
from resources.sources.declaration.files import files
from resources.sources.delivery.delivery import changed_since, delivered, recorded_files
from resources.sources.landing import by_day_of
from tests.sources.conftest import FOLDER, Landing, values

SOURCE = files(FOLDER, format="csv", split=by_day_of("booked_at"), tolerance=1)
COLUMNS = {"seq": "VARCHAR", "booked_at": "TIMESTAMP WITH TIME ZONE", "amount": "DECIMAL(18,2)"}
APRIL = Window.of_days(date(2025, 4, 1), date(2025, 4, 30))
FIRST, SECOND, LAST = date(2025, 4, 1), date(2025, 4, 2), date(2025, 4, 30)
ROWS = """seq,booked_at,amount
1,2025-04-01T00:00:00+08:00,88.00
2,2025-04-30T23:59:59+08:00,42.42
3,2025-04-02T00:00:00+08:00,1000.00
4,2025-04-01T23:59:59+08:00,5.05

5,2025-04-02T10:20:30+08:00,64.00
"""


def deliver(landing: Landing, text: str, month: str = "2025-04", name: str = "book.csv") -> None:
    folder = landing.settings.landing_folder / FOLDER / month
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    (folder / "_SUCCESS").touch()


def test_each_day_has_its_own_rows(landing: Landing) -> None:
    deliver(landing, ROWS)
    with landing.load(SOURCE, COLUMNS, APRIL) as loaded:
        rows = landing.accepted(loaded)
        assert sorted(values(rows, "dt", "seq", "source_line")) == [
            (FIRST, "1", 2),
            (FIRST, "4", 5),
            (SECOND, "3", 4),
            (SECOND, "5", 7),
            (LAST, "2", 3),
        ]
        assert {day: count for day, count in loaded.rows.items() if count} == {
            FIRST: 2,
            SECOND: 2,
            LAST: 1,
        }
        assert sum(loaded.rejected.values()) == 0
        assert sum(loaded.blank.values()) == 1
    for day, total in ((FIRST, "93.05"), (SECOND, "1064.00"), (date(2025, 4, 3), "0")):
        rows = landing.take(landing.load(SOURCE, COLUMNS, Window.of_day(day)))
        assert {row["dt"] for row in rows} <= {day}
        assert sum(row["amount"] for row in rows) == Decimal(total)


@pytest.mark.parametrize(
    ("zone", "seqs"), [("UTC", ["3", "4"]), ("Asia/Shanghai", ["1", "4"]), (None, ["1", "4"])]
)
def test_the_day_is_that_of_the_declared_zone(
    landing: Landing, zone: str | None, seqs: list[str]
) -> None:
    deliver(landing, ROWS)
    source = files(FOLDER, format="csv", split=by_day_of("booked_at", time_zone=zone), tolerance=1)
    rows = landing.take(landing.load(source, COLUMNS, Window.of_day(FIRST)))
    assert [row["seq"] for row in rows] == seqs


def test_rows_of_no_day_are_refused_on_every_day_and_others_on_their_own(landing: Landing) -> None:
    deliver(
        landing,
        ROWS + "6,2025-05-01T00:00:00+08:00,1.00\n7,soon,1.00\n8,2025-04-02T01:00:00+08:00,much\n",
    )
    with landing.load(SOURCE, COLUMNS, Window.of_days(FIRST, SECOND)) as loaded:
        assert loaded.rows == {FIRST: 2, SECOND: 2}
        assert loaded.rejected == {FIRST: 2, SECOND: 3}
        refused = [
            (row["dt"], row["source_line"], row["reason"]) for row in landing.refused(loaded)
        ]
    assert [(day, line) for day, line, _ in sorted(refused)] == [
        (FIRST, 8),
        (FIRST, 9),
        (SECOND, 8),
        (SECOND, 9),
        (SECOND, 10),
    ]
    by_line = {line: reason for _, line, reason in refused}
    assert "is no day of 2025-04" in by_line[8]
    assert "booked_at: 'soon'" in by_line[9]
    assert "amount: 'much'" in by_line[10]


def test_a_month_that_is_not_there_is_missed_by_each_of_its_days(landing: Landing) -> None:
    deliver(landing, ROWS)
    with pytest.raises(InputMissing, match="nothing was delivered for 2025-05"):
        landing.load(SOURCE, COLUMNS, Window.of_days(LAST, date(2025, 5, 1)))
    deliver(landing, "seq,booked_at,amount\n9,2025-05-01T12:00:00+08:00,9.00\n", "2025-05")
    rows = landing.take(landing.load(SOURCE, COLUMNS, Window.of_days(LAST, date(2025, 5, 1))))
    assert sorted(values(rows, "dt", "seq")) == [(LAST, "2"), (date(2025, 5, 1), "9")]


def test_each_day_knows_its_months_files(landing: Landing) -> None:
    deliver(landing, ROWS)
    root = landing.settings.landing_folder
    with landing.load(SOURCE, COLUMNS, Window.of_day(SECOND)) as loaded:
        [file] = loaded.delivered
    assert file.path == f"{FOLDER}/2025-04/book.csv"
    assert recorded_files(SOURCE, [], SECOND) == []
    now = delivered(SOURCE, root, Window.of_day(SECOND))
    assert changed_since([file], now, root) == []
    deliver(landing, ROWS.replace("88.00", "99.00"))
    now = delivered(SOURCE, root, Window.of_day(SECOND))
    assert len(changed_since([file], now, root)) == 1


def test_dates_and_parquet_are_split_too(landing: Landing) -> None:
    deliver(landing, "", name="book.parquet")
    days = [date(2025, 4, 1), date(2025, 4, 2), None, date(2025, 3, 31)]
    pq.write_table(
        pa.table({"seq": ["a", "b", "c", "d"], "day": pa.array(days, pa.date32())}),
        landing.settings.landing_folder / FOLDER / "2025-04" / "book.parquet",
    )
    source = files(FOLDER, format="parquet", split=by_day_of("day"), tolerance=1)
    columns = {"seq": "VARCHAR", "day": "DATE?"}
    with landing.load(source, columns, Window.of_day(SECOND)) as loaded:
        assert values(landing.accepted(loaded), "seq", "dt") == [("b", SECOND)]
        refused = landing.refused(loaded)
    assert values(refused, "source_line", "reason", "raw") == [
        (3, "day: nothing is no day of 2025-04", '{"seq":"c","day":null}'),
        (4, "day: 2025-03-31 is no day of 2025-04", '{"seq":"d","day":"2025-03-31"}'),
    ]


def test_a_column_without_days_is_refused(landing: Landing) -> None:
    deliver(landing, ROWS)
    source = files(FOLDER, format="csv", split=by_day_of("seq"))
    with pytest.raises(SettingsError, match="the column is VARCHAR, which has no day"):
        landing.load(source, COLUMNS, APRIL)
