"""Workbooks that are damaged, unusual or declared without sense."""

from __future__ import annotations

from typing import Any

import pytest

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.formats.xlsx import workbook as workbook_module
from resources.sources.formats.xlsx.xlsx import xlsx
from resources.sources.landing.limits import limits
from tests.sources.conftest import FOLDER, Landing, values
from tests.sources.formats.test_xlsx import COLUMNS, HEADER, load
from tests.sources.formats.workbooks import (
    STRICT,
    number,
    row,
    text,
    workbook,
)


def test_a_strict_workbook_and_a_dimension_that_lies(landing: Landing) -> None:
    rows = [HEADER, row(2, text("a"), number("1")), row(90, text("b"), number("2"))]
    for content in (
        workbook(rows, namespace=STRICT),
        workbook(rows, dimension="A1:XFD1048576"),
        workbook(rows, dimension="A1:A2"),
    ):
        with load(landing, content) as loaded:
            assert values(landing.accepted(loaded), "order_no", "source_line") == [
                ("a", 2),
                ("b", 90),
            ]


def test_cells_and_rows_without_a_place_follow_each_other(landing: Landing) -> None:
    rows = ["<row>" + text("order_no") + text("amount") + "</row>", "<row>" + text("a") + "</row>"]
    with load(landing, workbook(rows)) as loaded:
        assert values(landing.accepted(loaded), "order_no", "source_line") == [("a", 2)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([HEADER, row(3), row(2)], "row 2 comes after row 3"),
        ([HEADER, row(2), row(2)], "row 2 comes after row 2"),
        ([HEADER, '<row r="1048577"/>'], "row 1048577 comes after row 1"),
        ([HEADER, '<row r="2"><c r="B2"/><c r="A2"/></row>'], "cell A2 of row 2 is out of its"),
        ([HEADER, '<row r="2"><c r="A"/></row>'], "cell A of row 2 is out of its place"),
        ([HEADER, '<row r="2"><x:c r="A2"/></row>'], "unbound prefix"),
        ([HEADER, '<row r="2"><c r="A3"/></row>'], "cell A3 of row 2 is out of its place"),
        ([HEADER, '<row r="2"><c r="XFE2"/></row>'], "cell XFE2 of row 2 is out of its place"),
        ([HEADER, "<row>", row(3)], "mismatched tag"),
        ([f"{HEADER}</sheetData></worksheet><!--"], "unclosed token"),
    ],
)
def test_a_damaged_sheet_is_refused_whole(landing: Landing, rows: list[str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        load(landing, workbook(rows))


def test_what_is_no_workbook_is_named(landing: Landing) -> None:
    good = workbook([HEADER])
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    for content, message in (
        (b"order_no,amount\n", "is truncated, or no .xlsx workbook"),
        (good[:-30], "is truncated, or no .xlsx workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 99, "is an old .xls workbook, or has a"),
        (workbook([HEADER], parts={"_rels/.rels": "<Relationships/>"}), "is a .zip but no .xlsx"),
        (workbook([HEADER], parts={"xl/sharedStrings.xml": bomb}), "declares a document type"),
        (workbook({"a": [HEADER], "b": [HEADER]}), "has 2 sheets that are not hidden: a, b"),
        (workbook([HEADER], hidden=["Sheet"]), "has 0 sheets that are not hidden"),
    ):
        with pytest.raises(SourceError, match=message):
            load(landing, content)
    renamed = good.replace(b"xl/sharedStrings.xml", b"xl/sharedStringz.xml")
    with pytest.raises(SourceError, match=r"is damaged: it has no xl/sharedStrings\.xml"):
        load(landing, renamed)
    with pytest.raises(SourceError, match="there is no sheet 'Sheets'; the nearest is 'Sheet'"):
        load(landing, good, sheet="Sheets")
    with pytest.raises(SourceError, match=r"there is no row 'order_num' .*nearest is 'order_no'"):
        load(landing, good, header="order_num")
    with pytest.raises(SourceError, match="there is no row 2 with the columns' names"):
        load(landing, good, header=2)


def test_what_it_unpacks_to_is_bounded(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook([HEADER], shared_texts=[f"<t>{'x' * 100_000}</t>"] * 20)
    assert len(content) < 20_000
    with load(landing, content):
        pass
    monkeypatch.setattr(workbook_module, "SHARED_TEXT_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="bytes of shared texts, more than 1,000,000"):
        load(landing, content)
    bounded = files(FOLDER, format=xlsx(), limits=limits(unpacked_bytes=1_000_000))
    with pytest.raises(SourceError, match=r"unpacks to more than 1,000,000 bytes"):
        landing.load(bounded, COLUMNS)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"header": 0}, "header 0 is no row"),
        ({"header": " "}, "header ' ' is no row"),
        ({"header": True}, "header True is no row"),
        ({"sheet": ""}, "sheet is an empty name"),
        ({"round_times": "minute"}, "round_times is 'minute'"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_declared(
    declared: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        xlsx(**declared)
