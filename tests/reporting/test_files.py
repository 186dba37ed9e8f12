"""A report's page and workbook: what they say, that they are harmless, that they are whole."""

from __future__ import annotations

import re
import resource
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from resources.errors import SettingsError
from tests.reporting.example_report import DAY, MARKUP, report
from warehouse_assets.modeling.execution.finality import Standing
from warehouse_assets.reporting import report_files
from warehouse_assets.reporting.channels import summary_text
from warehouse_assets.reporting.day_report import sparkline
from warehouse_assets.reporting.page import page
from warehouse_assets.reporting.report_files import write_files

ZONE = ZoneInfo("Asia/Shanghai")
HEADER = 5
"""The row of the summary that has its headings, below what it is and of which day."""


class Elements(HTMLParser):
    """Collects a page's elements, their attributes and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_says_what_differs(tmp_path: Path) -> None:
    text = write_files(report(), tmp_path, ZONE).page.read_text(encoding="utf-8")
    shown = Elements(text).text
    for part in (str(DAY), "rec_payment_bill", "billed 0.02 CNY more than paid", "1,234,567.89"):
        assert part in shown
    assert "no results of the day; the latest are of 2026-02-27" in shown


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing.PROVISIONAL, "is provisional: rows that come late may still change it. It waits "
         "for 2026-03-04 of ods_payment."),
        (Standing.FINAL, "is final: all was delivered in which its rows count."),
        (Standing.CLOSED, "is closed: the books are closed through it."),
    ],
)  # fmt: skip
def test_page_workbook_and_message_say_whether_the_day_may_still_change(
    tmp_path: Path, standing: Standing, words: str
) -> None:
    files = write_files(report(standing), tmp_path, ZONE)
    assert f"{DAY} {words}" in Elements(files.page.read_text(encoding="utf-8")).text
    book = openpyxl.load_workbook(files.workbook)
    summary = book["Summary"]
    assert summary["A1"].value == f"Reconciliations of {DAY}"
    assert summary["A2"].value == f"{DAY} {words}"
    headings = {str(cell.value): place for place, cell in enumerate(summary[HEADER])}
    told = [row[headings["standing"]].value for row in summary.iter_rows(min_row=HEADER + 1)]
    assert told == [str(standing)] * 2
    for sheet in book:
        assert f"{DAY}, {standing}" in header_on_paper(sheet)
    assert summary_text(report(standing)).startswith(f"Reconciliations of {DAY} ({standing})\n")


def header_on_paper(sheet: Any) -> str:
    """What is printed above each page, in the middle."""
    return sheet.oddHeader.center.text


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    text = page(report(), ZONE)
    elements = Elements(text)
    assert MARKUP in elements.text, "shown as it is"
    assert not {"script", "img", "b>", "link", "iframe"} & {tag for tag, _ in elements.found}
    names = {name for _, attributes in elements.found for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"src"}
    addresses = [str(a["href"]) for _, a in elements.found if "href" in a]
    assert len(addresses) == 2
    assert all(address.startswith("#") for address in addresses)
    assert not re.findall(r"url\(|@import", text)
    [policy] = [a["content"] for tag, a in elements.found if tag == "meta" and "http-equiv" in a]
    assert str(policy).startswith("default-src 'none'")


def test_the_workbook_has_a_sheet_a_rule_with_filters_and_a_header_that_stays(
    tmp_path: Path,
) -> None:
    book = openpyxl.load_workbook(write_files(report(), tmp_path, ZONE).workbook)
    assert book.sheetnames == ["Summary", "payment_bill", "wallet"]
    for sheet in book:
        assert sheet.auto_filter.ref
        header = HEADER if sheet.title == "Summary" else 1
        assert sheet.freeze_panes == f"B{header + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{header}:")


def test_amounts_are_numbers_and_days_are_days(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_files(report(), tmp_path, ZONE).workbook)
    sheet = book["payment_bill"]
    places = {str(cell.value): place for place, cell in enumerate(sheet[1])}
    row = sheet[2]
    amount = row[places["left amount"]]
    assert (amount.value, amount.data_type) == (1234567.89, "n")
    assert amount.number_format == "#,##0.00"
    assert row[places["open since"]].value == datetime(2026, 3, 1)
    large = sheet[3][places["left amount"]]
    assert (large.value, large.data_type) == ("1234567890123456.78", "s"), "nothing is rounded"


def test_columns_are_as_wide_as_what_is_in_them_and_empty_ones_take_no_room(
    tmp_path: Path,
) -> None:
    book = openpyxl.load_workbook(write_files(report(), tmp_path, ZONE).workbook)
    sheet = book["payment_bill"]
    places = {str(cell.value): get_column_letter(cell.column) for cell in sheet[1]}
    assert sheet.column_dimensions[places["candidates"]].hidden
    shown = [name for name, at in places.items() if not sheet.column_dimensions[at].hidden]
    assert {"item", "in words", "left amount", "right key"} <= set(shown)
    for name in ("item", "in words", "right row"):
        longest = max(len(str(cell.value or "")) for cell in sheet[places[name]])
        assert longest < sheet.column_dimensions[places[name]].width


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_files(report(), tmp_path, ZONE).workbook)
    cells = [cell for sheet in book for row in sheet for cell in row]
    begin = [cell for cell in cells if str(cell.value).startswith(("=", "+", "@", "-c"))]
    assert len(begin) == 4
    assert {cell.data_type for cell in begin} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_a_file_that_fails_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = write_files(report(), tmp_path, ZONE).workbook.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report_files, "write_workbook", fail)
    with pytest.raises(SettingsError, match="No space left on device"):
        write_files(report(), tmp_path, ZONE)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"reconciliation-{DAY}.html", f"reconciliation-{DAY}.xlsx"]
    assert (tmp_path / names[1]).read_bytes() == before


def test_a_disk_that_is_full_is_an_error_that_says_so(tmp_path: Path) -> None:
    """The limit is the real one of the operating system, which stops the workbook's library."""
    before = write_files(report(), tmp_path, ZONE).workbook.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(SettingsError, match=r"cannot be written to .*: File too large"):
            write_files(report(), tmp_path, ZONE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(list(tmp_path.iterdir())) == 2
    assert (tmp_path / f"reconciliation-{DAY}.xlsx").read_bytes() == before


def test_a_folder_that_is_a_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="LEDGERLAKE_REPORT_FOLDER"):
        write_files(report(), tmp_path / "file", ZONE)


@pytest.mark.parametrize(
    ("values", "bars"),
    [([0, 4, 8], "▁▅█"), ([0, 0], "▁▁"), ([None, 5], "·█"), ([], ""), ([None], "·")],
)
def test_sparkline(values: list[int | None], bars: str) -> None:
    assert sparkline(values) == bars


def test_the_example_is_of_one_day() -> None:
    assert report().day == DAY == date(2026, 3, 3)
    assert report().rules[0].totals[0].open_amount == Decimal("12.37")
