"""Data on its way out: a terminal obeys none of it, a spreadsheet computes none of it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pytest
from hypothesis import given, strategies as st

from resources.errors import SettingsError
from warehouse_assets.command_line.output import console
from warehouse_assets.command_line.output.formatting import cell, visible
from warehouse_assets.command_line.output.json_output import json_text
from warehouse_assets.command_line.queries.row_output import Format, harmless, write_csv, write_rows

ZONE = ZoneInfo("Asia/Shanghai")
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
NASTY = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31mred"


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_text_of_a_cell_holds_what_a_terminal_obeys(text: str) -> None:
    shown = cell(text, ZONE)
    assert not OBEYED.search(shown)
    assert "\n" not in shown
    assert visible(shown) == shown


def test_plain_text_of_any_language_stays_as_it_is() -> None:
    for text in ("上海, café, Ελλάδα, 12,50 €", "a b", "", "👍🏽"):
        assert visible(text) == text


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_json_of_any_text_is_read_back_and_holds_nothing_that_is_obeyed(text: str) -> None:
    written = json_text({"text": text}, ZONE)
    assert json.loads(written) == {"text": text}
    assert not OBEYED.search(written)
    assert "\n" not in written


def test_errors_that_quote_data_are_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_error(f"shop/order.csv:3: {NASTY}", f"Look at {NASTY}.", title="ods_order failed")
    console.note(NASTY)
    console.output().print(f"quarantine: {NASTY}", markup=False)
    captured = capsys.readouterr()
    for text in (captured.err, captured.out):
        assert "\\x1b]0;owned\\x07" in text
        assert not OBEYED.search(text)


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_text_that_begins_like_a_formula_is_none(beginning: str) -> None:
    assert harmless(beginning + "cmd|' /C calc'!A0") == "'" + beginning + "cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["-5.00", "+3", "-1", "5", "", "a=1", "O2026"])
def test_a_number_stays_a_number_and_other_text_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_what_is_put_before_a_text_can_be_taken_off_again(text: str) -> None:
    assert harmless(text) in (text, f"'{text}")


def test_csv_keeps_amounts_and_disarms_texts_and_headings() -> None:
    stream = io.StringIO()
    cursor = duckdb.sql(
        "SELECT CAST(-5.10 AS DECIMAL(18,2)) AS amount, '=1+1' AS note, '上海' AS city, "
        "'-' AS \"=head\""
    )
    assert write_csv(cursor, ZONE, stream) == 1  # pyright: ignore[reportArgumentType]
    assert list(csv.reader(io.StringIO(stream.getvalue()))) == [
        ["amount", "note", "city", "'=head"],
        ["-5.10", "'=1+1", "上海", "'-"],
    ]


QUERY = """
    SELECT CAST(1234.50 AS DECIMAL(18,2)) AS amount,
           CAST(9999999999999999.99 AS DECIMAL(18,2)) AS large,
           '=1+1' AS note, DATE '2026-01-02' AS dt, 42 AS count, 123456789012345678 AS number,
           CAST(NULL AS BIGINT) AS nothing, true AS flag,
           TIMESTAMPTZ '2026-01-01 20:00:00+00' AS at
"""


def test_a_workbook_has_numbers_dates_and_texts_and_no_formula(tmp_path: Path) -> None:
    target = tmp_path / "rows.xlsx"
    write_rows(duckdb.connect().execute(QUERY), Format.TABLE, ZONE, 100, target)
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    names, values = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert names[:3] == ["amount", "large", "note"]
    assert values == [
        1234.5,
        "9999999999999999.99",
        "=1+1",
        datetime(2026, 1, 2),
        42,
        "123456789012345678",
        None,
        True,
        "2026-01-02 04:00:00+08:00",
    ]
    assert [cell.data_type for cell in sheet[2]][:3] == ["n", "s", "s"]
    assert sheet["A2"].number_format == "#,##0.00"


def test_a_file_of_csv_opens_in_excel_and_is_put_there_whole(tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    target.write_text("as before")
    connection = duckdb.connect()
    write_rows(connection.execute("SELECT '上海' AS city"), Format.TABLE, ZONE, 100, target)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "city\r\n上海\r\n"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["rows.txt", "rows"])
def test_another_ending_is_refused_with_the_endings_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no format"):
        write_rows(duckdb.connect().execute("SELECT 1"), Format.TABLE, ZONE, 1, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_nested_values_stay_nested_in_json() -> None:
    row = {
        "list": [1, None, Decimal("2.50")],
        "map": {date(2026, 1, 1): {"a": datetime(2026, 1, 1, tzinfo=UTC)}},
        "huge": 10**30,
    }
    assert json.loads(json_text(row, ZONE)) == {
        "list": [1, None, "2.50"],
        "map": {"2026-01-01": {"a": "2026-01-01 08:00:00+08:00"}},
        "huge": 10**30,
    }
