"""Workbooks: one sheet's rows, exact, or refused; nothing that a sheet hides is taken for data."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, strategies as st

from resources.errors import SourceError
from resources.sources.declaration.column_origins import position
from resources.sources.declaration.files import files
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.numbers import number as number_declared
from resources.sources.formats.xlsx.xlsx import xlsx
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.formats.workbooks import (
    DATE,
    DATE_TIME,
    ELAPSED,
    number,
    row,
    shared,
    text,
    workbook,
)
from tests.sources.test_round_trip import MANY

TIMESTAMP = "TIMESTAMP WITH TIME ZONE"
YUAN = number_declared(symbols=["¥"])
COLUMNS = {"order_no": "VARCHAR?", "amount": "DECIMAL(18,2)?"}
HEADER = row(1, text("order_no"), text("amount"))


def source(**declared: Any) -> FilesSource:
    return files(FOLDER, format=xlsx(**declared), time_zone="UTC", numbers=YUAN)


def load(landing: Landing, content: bytes, columns: Any = None, **declared: Any) -> Any:
    landing.deliver("a.xlsx", content)
    return landing.load(source(**declared), columns or COLUMNS)


def one_value(landing: Landing, cell: str, kind: str, **declared: Any) -> Any:
    """The one accepted value of a cell, or the reason why its row is refused."""
    from_1904 = declared.pop("from_1904", False)
    content = workbook([row(1, text("x")), row(2, cell)], from_1904=from_1904)
    with load(landing, content, {"x": f"{kind}?"}, **declared) as loaded:
        found = landing.accepted(loaded) or landing.refused(loaded)
        return found[0].get("x", found[0].get("reason")) if found else None


def test_a_bill_with_a_title_a_preamble_and_closing_rows(landing: Landing) -> None:
    rows = [
        row(1, text("Bill of May")),
        row(2, "", text("order_no of May")),
        row(5, text(" order_no "), "", text("amount")),
        row(7, shared(0), text("stray"), text("¥1,5"), text("beyond")),
        row(8, shared(1), "", number("12.5")),
        '<row r="9"/>',
        row(10, text(""), "", text("")),
        row(12, text("人"), "", text(" ¥0.30 ")),
        row(13, text("Total: 3"), "", text("x")),
        row(14, text("behind")),
    ]
    texts = ("<t>a</t>", '<r><t>b</t></r><r><t xml:space="preserve"> c</t></r><rPh><t>no</t></rPh>')
    content = workbook({"codes": [row(1, text("order_no"))], "Bill": rows}, texts, hidden=["codes"])
    with load(landing, content, header="order_no", ends_at="Total") as loaded:
        assert values(landing.accepted(loaded), "order_no", "amount", "source_line") == [
            ("b c", Decimal("12.50"), 8),
            ("人", Decimal("0.30"), 12),
        ]
        (refused,) = landing.refused(loaded)
        assert refused["reason"].startswith("amount: '¥1,5' is no DECIMAL(18,2)")
        assert refused["raw"] == '{"order_no":"a","":"stray","amount":"¥1,5"}'
        assert refused["source_line"] == 7
        assert loaded.blank == {DAY: 2}


def test_data_end_where_the_declared_row_is_or_the_sheet_is_refused(landing: Landing) -> None:
    content = workbook([HEADER, row(2, text("a"), number("1"))])
    with pytest.raises(SourceError, match="no row starts with 'Total', which ends its data"):
        load(landing, content, ends_at="Total")


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        ("19.989999999999998", "DECIMAL(18,2)", Decimal("19.99")),
        ("0.30000000000000004", "DECIMAL(18,2)", "x: '0.30000000000000004' does not fit"),
        ("1E2", "DECIMAL(18,2)", Decimal("100.00")),
        ("-1.5E-1", "DECIMAL(18,2)", Decimal("-0.15")),
        ("-0", "DECIMAL(18,2)", Decimal("0.00")),
        ("3", "BIGINT", 3),
        ("3.0", "BIGINT", 3),
        ("3.0", "VARCHAR", "3"),
        ("1E-7", "VARCHAR", "0.0000001"),
        ("0042", "VARCHAR", "0042"),
        ("12345678901234567890", "VARCHAR", "12345678901234567890"),
        ("4.20000000020250131E+27", "VARCHAR", "x: the cell holds 4.20000000020250131E+27, of"),
        ("1e400", "DECIMAL(18,2)", "x: the cell holds 1e400, which is beyond"),
        ("1e999999999", TIMESTAMP, "x: the cell holds 1e999999999, which is beyond"),
        ("NaN", "DECIMAL(18,2)", "x: the cell holds 'NaN' as a number"),
        ("١", "BIGINT", "x: the cell holds '١' as a number"),
    ],
)
def test_numbers_are_taken_by_their_shortest_spelling(
    landing: Landing, written: str, kind: str, expected: object
) -> None:
    found = one_value(landing, number(written), kind)
    if isinstance(expected, str) and expected.startswith("x: "):
        assert str(found).startswith(expected)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="b"><v>0</v></c>', "false"),
        ('<c t="b"><v>2</v></c>', "x: the cell holds '2' as 'b'"),
        ('<c t="e"><v>#N/A</v></c>', "x: the cell holds the error #N/A"),
        ('<c t="str"><f>A1&amp;"!"</f><v>x!</v></c>', "x!"),
        ("<c><f>SUM(A1)</f><v>7</v></c>", "7"),
        ("<c><f>SUM(A1)</f></c>", "x: the cell holds a formula without its value"),
        ("<c><f>SUM(A1)</f><v></v></c>", "x: the cell holds a formula without its value"),
        ("<c><f>SUM(A1)</f><v/></c>", "x: the cell holds a formula without its value"),
        ("<c><v></v></c>", "None"),
        ('<c t="str"><f>A1</f></c>', "x: the cell holds a formula without its value"),
        ('<c t="s"><v>9</v></c>', "x: the cell holds the shared text '9'"),
        ('<c t="d"><v>2026-01-05</v></c>', "2026-01-05"),
        ('<c t="odd"><v>7</v></c>', "x: the cell holds '7' as 'odd'"),
        (text("a_x000D_\nb_x005F_c"), "a\r\nb_c"),
        (text("_xD83D__xDE00_ _xD83D_"), "_xD83D__xDE00_ _xD83D_"),
        (text("_xD83D__xDE00_"), "\N{GRINNING FACE}"),
    ],
)
def test_every_kind_of_cell(landing: Landing, cell: str, expected: str) -> None:
    assert str(one_value(landing, cell, "VARCHAR")).startswith(expected)


def test_a_formula_that_gives_the_empty_text_is_null(landing: Landing) -> None:
    cells = (text("a"), '<c t="str"><f>""</f><v></v></c>')
    with load(landing, workbook([HEADER, row(2, *cells)])) as loaded:
        assert values(landing.accepted(loaded), "order_no", "amount") == [("a", None)]


def test_an_error_in_a_column_that_nobody_asks_for_harms_no_row(landing: Landing) -> None:
    cells = (text("a"), number("1"), '<c t="e"><v>#REF!</v></c>')
    header = row(1, text("order_no"), text("amount"), text("note"))
    with load(landing, workbook([header, row(2, *cells)])) as loaded:
        assert loaded.rows == {DAY: 1}


@pytest.mark.parametrize(
    ("serial", "from_1904", "expected"),
    [
        ("1", False, date(1900, 1, 1)),
        ("59", False, date(1900, 2, 28)),
        ("60", False, "29 February 1900 does not exist"),
        ("61", False, date(1900, 3, 1)),
        ("45688", False, date(2025, 1, 31)),
        ("44226", True, date(2025, 1, 31)),
        ("2958465", False, date(9999, 12, 31)),
        ("2958466", False, "it lies beyond the year 9999"),
        ("-1", False, "a negative number is no date"),
        ("0.5", False, "'12:00:00' is no DATE"),
        ("45688.5", False, "'2025-01-31 12:00:00' is no DATE"),
    ],
)
def test_serials_are_dates_of_the_workbooks_calendar(
    landing: Landing, serial: str, from_1904: bool, expected: object
) -> None:
    found = one_value(landing, number(serial, DATE), "DATE", from_1904=from_1904)
    assert found == expected or (isinstance(expected, str) and expected in str(found))


@pytest.mark.parametrize(
    ("serial", "round_times", "expected"),
    [
        ("45688.899409722225", None, "2025-01-31 21:35:09+00:00"),
        ("45688.8994097222", None, "2025-01-31 21:35:09+00:00"),
        ("45688.5000058", None, "it is no whole number of milliseconds"),
        ("45688.5000058", "second", "2025-01-31 12:00:01+00:00"),
        ("45688.5000058", "millisecond", "2025-01-31 12:00:00.501000+00:00"),
        ("45688.99999999", "second", "2025-02-01 00:00:00+00:00"),
    ],
)
def test_times_are_exact_or_rounded_as_declared(
    landing: Landing, serial: str, round_times: str | None, expected: str
) -> None:
    found = one_value(landing, number(serial, DATE_TIME), TIMESTAMP, round_times=round_times)
    assert expected in str(found)


def test_a_number_not_shown_as_a_date_is_one_only_if_declared(landing: Landing) -> None:
    assert "'45688' is no DATE" in one_value(landing, number("45688"), "DATE")
    assert one_value(landing, number("45688"), "DATE", plain_serials=True) == date(2025, 1, 31)
    assert one_value(landing, number("45688"), "BIGINT", plain_serials=True) == 45688
    assert "'2025-01-31' is no" in one_value(landing, number("45688", DATE), "DECIMAL(18,2)")
    assert one_value(landing, number("1.5", ELAPSED), "DECIMAL(18,2)") == Decimal("1.50")


def test_a_number_is_one_however_texts_are_declared_to_be_written(landing: Landing) -> None:
    cells = (number("1.234"), text("1.234,5"), number("-1.5"), text("7,50-"), number("1234"))
    rows = [row(at, cell) for at, cell in enumerate(cells, 2)]
    landing.deliver("a.xlsx", workbook([row(1, text("x")), *rows]))
    marks = number_declared(decimal_mark=",", thousands=".", negative=("leading", "trailing"))
    declared = files(FOLDER, format=xlsx(), numbers=marks)
    with landing.load(declared, {"x": "DECIMAL(18,3)"}) as loaded:
        assert [str(each["x"]) for each in landing.accepted(loaded)] == [
            "1.234",
            "1234.500",
            "-1.500",
            "-7.500",
            "1234.000",
        ]


def test_columns_may_be_told_by_their_position(landing: Landing) -> None:
    header = row(1, text("no"), text("amount"), text("amount"))
    cells = row(2, text("a"), '<c t="e"><v>#N/A</v></c>', number("2"))
    landing.deliver("a.xlsx", workbook([header, cells]))
    for at, expected in ((3, [(2,)]), (2, [])):
        declared = files(FOLDER, format=xlsx(), columns={"amount": position(at, "amount")})
        with landing.load(declared, {"no": "VARCHAR", "amount": "DECIMAL(18,2)"}) as loaded:
            assert values(landing.accepted(loaded), "amount") == expected


def test_local_times_are_read_in_the_declared_zone(landing: Landing) -> None:
    landing.deliver("a.xlsx", workbook([row(1, text("x")), row(2, number("45688.5", DATE_TIME))]))
    declared = files(FOLDER, format=xlsx(), time_zone="Asia/Shanghai")
    with landing.load(declared, {"x": TIMESTAMP}) as loaded:
        assert landing.accepted(loaded)[0]["x"] == datetime(2025, 1, 31, 4, tzinfo=UTC)


cells = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00", min_codepoint=32), max_size=9)
    .map(lambda each: each.replace("_x", "-"))
    .filter(lambda each: not each.startswith("=")),
)
rows = st.lists(
    st.tuples(
        st.text("abc人", min_size=1, max_size=5),
        cells,
        st.none() | st.integers(-(10**13), 10**13).map(lambda cents: Decimal(cents).scaleb(-2)),
        st.none()
        | st.integers(0, 60_000 * 86_400 * 1000).map(
            lambda ms: datetime(1950, 1, 1) + timedelta(milliseconds=ms)
        ),
    ),
    max_size=20,
)


@MANY
@given(rows=rows)
def test_whatever_a_library_writes_comes_back_equal(landing: Landing, rows: list[Any]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["key", "note", "amount", "at"])
    for each in rows:
        sheet.append(list(each))
    written = io.BytesIO()
    book.save(written)
    landing.deliver("a.xlsx", written.getvalue())
    columns = {
        "key": "VARCHAR",
        "note": "VARCHAR?",
        "amount": "DECIMAL(18,2)?",
        "at": f"{TIMESTAMP}?",
    }
    with landing.load(source(), columns) as loaded:
        assert landing.refused(loaded) == []
        found = values(landing.accepted(loaded), "key", "note", "amount", "at")
    assert found == [
        (key, note or None, amount, at and at.replace(tzinfo=UTC)) for key, note, amount, at in rows
    ]
