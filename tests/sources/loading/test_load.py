"""Whole loads: several files and days, tolerance, changes under way, nothing left behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from resources.errors import InputMissing, SourceError
from resources.lake.model.window import Window
from resources.sources.declaration.files import files
from resources.sources.formats.quarantine import quarantine_spec
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from tests.sources.conftest import DAY, FOLDER, Landing, values

CSV = files(FOLDER, format="csv")
COLUMNS = {"order_no": "VARCHAR", "user_id": "BIGINT"}
NEXT, LAST = date(2026, 1, 6), date(2026, 1, 7)
WINDOW = Window.of_days(DAY, LAST)


def deliver_three_days(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id\na,1\nb,2\n")
    landing.deliver("b.csv", "user_id,order_no\n3,c\nbad,d\n")
    landing.deliver("a.csv", "order_no,user_id\n,\n", NEXT)
    landing.deliver("only_a_marker", "", LAST).unlink()


def test_a_range_is_its_days_and_a_day_without_rows_is_a_day(landing: Landing) -> None:
    deliver_three_days(landing)
    with landing.load(CSV, COLUMNS, WINDOW) as loaded:
        assert values(landing.accepted(loaded), "dt", "order_no") == [
            (DAY, "a"),
            (DAY, "b"),
            (DAY, "c"),
        ]
        assert loaded.rows == {DAY: 3, NEXT: 0, LAST: 0}
        assert loaded.rejected == {DAY: 1, NEXT: 0, LAST: 0}
        assert loaded.blank == {DAY: 0, NEXT: 1, LAST: 0}
        assert [(one.path.rsplit("/", 1)[1], one.rows) for one in loaded.delivered] == [
            ("a.csv", 2),
            ("b.csv", 2),
            ("a.csv", 0),
        ]
        assert landing.refused(loaded) == [
            {
                "dt": DAY,
                "source_file": f"{FOLDER}/2026-01-05/b.csv",
                "source_line": 3,
                "reason": "user_id: 'bad' is no BIGINT",
                "raw": "bad,d",
            }
        ]


def test_days_without_files_give_typed_nothing(landing: Landing) -> None:
    landing.deliver("a.csv", "").unlink()
    with landing.load(CSV, COLUMNS) as loaded:
        types = landing.rows(f"DESCRIBE {loaded.select_sql}")
        assert values(types, "column_name", "column_type") == [
            ("order_no", "VARCHAR"),
            ("user_id", "BIGINT"),
            ("source_file", "VARCHAR"),
            ("source_line", "BIGINT"),
            ("dt", "DATE"),
        ]
        assert landing.accepted(loaded) == [] and loaded.rows == {DAY: 0}


def test_the_contracts_own_origin_columns_are_filled_not_looked_for(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id\na,1\n")
    columns = {**COLUMNS, "source_file": "VARCHAR", "source_line": "BIGINT", "dt": "DATE"}
    with landing.load(CSV, columns) as loaded:
        assert values(landing.accepted(loaded), "source_line", "dt") == [(2, DAY)]


def test_quarantine_statement_fits_the_quarantine_table(landing: Landing) -> None:
    spec = quarantine_spec("ods_table")
    assert (spec.namespace, spec.name) == ("quarantine", "ods_table_quarantine")
    assert spec.partition_column == "dt"
    expected = [(column.name, column.type) for column in spec.columns]
    for content in ("order_no,user_id\n", "order_no,user_id\na,b\n"):
        landing.deliver("a.csv", content)
        with landing.load(CSV, COLUMNS) as loaded:
            types = landing.rows(f"DESCRIBE {loaded.quarantine_sql}")
            assert values(types, "column_name", "column_type") == expected


@pytest.mark.parametrize(("tolerance", "passes"), [("0", False), ("0.24", False), ("0.25", True)])
def test_refused_rows_past_the_tolerance_stop_the_run(
    landing: Landing, tolerance: str, passes: bool
) -> None:
    deliver_three_days(landing)
    source = files(FOLDER, format="csv", tolerance=tolerance)
    with landing.load(source, COLUMNS, WINDOW) as loaded:
        if passes:
            loaded.check_tolerance()
            return
        with pytest.raises(SourceError) as raised:
            loaded.check_tolerance()
    said = str(raised.value)
    assert "ods_table" in said and "2026-01-05: 1 of 4 rows" in said
    assert f"{FOLDER}/2026-01-05/b.csv:3 user_id: 'bad' is no BIGINT" in said
    assert "quarantine.ods_table_quarantine" in said


def test_the_tolerance_is_a_days_not_the_windows(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id\n" + "a,1\n" * 98 + "a,x\n" * 2)
    landing.deliver("a.csv", "order_no,user_id\n" + "a,1\n" * 98, NEXT)
    source = files(FOLDER, format="csv", tolerance="0.01")
    with (
        landing.load(source, COLUMNS, Window.of_days(DAY, NEXT)) as loaded,
        pytest.raises(SourceError, match="2026-01-05: 2 of 100 rows"),
    ):
        loaded.check_tolerance()


def test_a_missing_day_of_a_range_is_named(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id\na,1\n")
    with pytest.raises(InputMissing, match="2026-01-06, 2026-01-07"):
        landing.load(CSV, COLUMNS, WINDOW)


def test_a_delivery_that_changes_while_it_is_read_is_refused(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = landing.deliver("a.csv", "order_no,user_id\na,1\n")
    counted = ReadJob.counted

    def sender_goes_on(job: ReadJob, raws: Any, blank: int = 0) -> LoadedFiles:
        file.write_text("order_no,user_id\na,1\nb,2\n")
        return counted(job, raws, blank)

    monkeypatch.setattr(ReadJob, "counted", sender_goes_on)
    with pytest.raises(SourceError, match=r"changed while it was read: .*a\.csv changed"):
        landing.load(CSV, COLUMNS)


def test_nothing_is_left_behind(landing: Landing) -> None:
    def left() -> list[Path]:
        return list(landing.settings.spill_folder.glob("**/source-*"))

    content = b'order_no,user_id\n"a\nb",1\n\nb,x\n'
    file = landing.deliver("a.csv", content)
    with landing.load(CSV, COLUMNS):
        assert len(left()) == 1
    assert left() == []
    landing.deliver("b.csv", "order_no\n")
    with pytest.raises(SourceError):
        landing.load(CSV, COLUMNS)
    assert left() == []
    assert sorted(each.name for each in landing.folder().iterdir()) == [
        "_SUCCESS",
        "a.csv",
        "b.csv",
    ]
    assert file.read_bytes() == content


def test_the_engines_settings_stay_as_they_were(landing: Landing) -> None:
    setting = "SELECT current_setting('preserve_insertion_order') AS kept"
    before = landing.rows(setting)
    landing.deliver("a.csv", "order_no,user_id\na,1\nb,x\n")
    with landing.load(CSV, COLUMNS):
        assert landing.rows(setting) == before == [{"kept": False}]


@pytest.mark.parametrize("name", ["bill[1].csv", "a*?.csv", "dt=1.csv", "plain.zst.csv"])
def test_names_are_no_patterns_and_promise_nothing_but_gzip(landing: Landing, name: str) -> None:
    landing.deliver(name, "order_no,user_id\na,1\n")
    landing.deliver("bill1.csv", "order_no,user_id\nb,2\n")
    with landing.load(CSV, COLUMNS) as loaded:
        assert sorted(values(landing.accepted(loaded), "source_file", "user_id")) == sorted(
            [(f"{FOLDER}/2026-01-05/{name}", 1), (f"{FOLDER}/2026-01-05/bill1.csv", 2)]
        )


def test_names_with_quotes_are_values_not_sql(landing: Landing) -> None:
    landing.deliver('it\'s "new"; --.csv', 'it\'s "x",user_id\na,1\nb,y\n')
    source = files(FOLDER, format="csv", columns={"order_no": 'it\'s "x"'})
    with landing.load(source, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no") == [("a",)]
        assert landing.refused(loaded)[0]["source_file"].endswith('it\'s "new"; --.csv')
