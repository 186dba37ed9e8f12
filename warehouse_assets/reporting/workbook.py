"""A report as an Excel workbook: a summary, then a sheet a rule with both sides of each item."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse_assets.reporting.day_report import (
    DayReport,
    known_in_words,
    sparkline,
    standing_in_words,
    unit,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# https://support.microsoft.com/office/excel-specifications-and-limits
_MOST_CHARACTERS = 32_767
_LONGEST_NAME = 31
_EXACT_DIGITS = 15
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_MONEY, _COUNT, _DAY, _TEXT = "#,##0.00", "#,##0", "yyyy-mm-dd", "@"
_SUMMARY = "Summary"
_AMBER, _RED = "#9A6200", "#B3261E"
_A3 = 8
_WIDE_PAGE = 220
"""Characters that a page across still shows in letters that people read."""
_NARROWEST, _WIDEST = 8, 60
_BUTTON = 4
"""Characters that the button of a filter takes of a heading."""


@dataclass(frozen=True)
class _Column:
    """A column of a sheet: its heading, the number format of its cells.

    `warns` is the colour of its figures that are not 0; empty: they are as all others.
    """

    heading: str
    form: str = _TEXT
    warns: str = ""

    def width(self, values: Sequence[object]) -> int:
        """Its width in characters: heading and button, or the longest value; within bounds."""
        shown = {_MONEY: "{:,.2f}", _COUNT: "{:,}"}.get(self.form, "{}")
        longest = max(
            (
                len(shown.format(value) if isinstance(value, Decimal | int) else str(value))
                for value in values
                if value is not None
            ),
            default=0,
        )
        return min(max(longest + 1, len(self.heading) + _BUTTON, _NARROWEST), _WIDEST)


_SUMMARY_COLUMNS = (
    _Column("rule"),
    _Column("currency"),
    _Column("matched", _COUNT),
    _Column("new", _COUNT),
    _Column("open", _COUNT, _AMBER),
    _Column("overdue", _COUNT, _RED),
    _Column("closed", _COUNT),
    _Column("left amount", _MONEY),
    _Column("right amount", _MONEY),
    _Column("open amount", _MONEY),
    _Column("overdue amount", _MONEY, _RED),
    _Column("net open amount", _MONEY),
    _Column("14 days"),
    _Column("standing"),
    _Column("owner"),
    _Column("rule version"),
    _Column("left snapshot"),
    _Column("right snapshot"),
)
_ITEM_COLUMNS: Mapping[str, _Column] = {
    "line_id": _Column("item"),
    "state": _Column("state"),
    "standing": _Column("standing"),
    "explanation": _Column("in words"),
    "open_amount": _Column("open amount", _MONEY),
    "currency": _Column("currency"),
    "first_date": _Column("open since", _DAY),
    "due_date": _Column("due", _DAY),
    "age_days": _Column("days", _COUNT),
    "left_id": _Column("left row"),
    "right_id": _Column("right row"),
    "left_key": _Column("left key"),
    "right_key": _Column("right key"),
    "left_count": _Column("left rows", _COUNT),
    "right_count": _Column("right rows", _COUNT),
    "left_amount": _Column("left amount", _MONEY),
    "right_amount": _Column("right amount", _MONEY),
    "difference_amount": _Column("difference", _MONEY),
    "explained_amount": _Column("adjusted", _MONEY),
    "other_currency": _Column("right currency"),
    "left_fee_amount": _Column("left fee", _MONEY),
    "right_fee_amount": _Column("right fee", _MONEY),
    "left_status": _Column("left status"),
    "right_status": _Column("right status"),
    "left_date": _Column("left day", _DAY),
    "right_date": _Column("right day", _DAY),
    "candidates": _Column("candidates"),
}


def write_workbook(report: DayReport, path: Path, zone: ZoneInfo) -> None:
    """Write the report into a workbook.

    Amounts are numbers with two decimals; one of more digits than Excel keeps is a text, so that
    nothing is rounded. No text is taken for a formula or a link.

    Args:
        report: The report, with its items.
        path: The file, which is written over.
        zone: The business time zone, for instants.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": f"Reconciliations of {report.day}"})
        title = f"Reconciliations of {report.day}, {report.date_standing.standing}"
        writer = _Writer(book, zone, title)
        above = [
            f"Reconciliations of {report.day}",
            standing_in_words(report.day, report.date_standing),
            known_in_words(report, zone),
        ]
        writer.sheet(_SUMMARY, _SUMMARY_COLUMNS, list(_summary(report)), above)
        names = _sheet_names([each.rule for each in report.rules])
        for each in report.rules:
            rows = [[item[name] for name in _ITEM_COLUMNS] for item in each.items]
            more = each.item_count - len(each.items)
            if more:
                rows.append([f"and {more:,} more, which ledgerlake reconcile shows"])
            writer.sheet(names[each.rule], tuple(_ITEM_COLUMNS.values()), rows)


def _summary(report: DayReport) -> Sequence[Sequence[object]]:
    rows: list[Sequence[object]] = []
    for each in report.rules:
        made_from = each.origin
        tail = [
            sparkline(each.trend),
            each.date_standing.standing,
            each.owner,
            made_from and made_from.rule_version,
            made_from and made_from.left_snapshot_id,
            made_from and made_from.right_snapshot_id,
        ]
        if not each.totals:
            what = "no rows" if each.has_results else "no results of the day"
            rows.append([each.rule, what, *[None] * 10, *tail])
        for totals in each.totals:
            rows.append(
                [
                    each.rule,
                    unit(totals.currency) or "units",
                    totals.matched,
                    totals.new,
                    totals.open,
                    totals.overdue,
                    totals.closed,
                    totals.left_amount,
                    totals.right_amount,
                    totals.open_amount,
                    totals.overdue_amount,
                    totals.net_open_amount,
                    *tail,
                ]
            )
    return rows


class _Writer:
    """Writes sheets of one book."""

    def __init__(self, book: Any, zone: ZoneInfo, title: str) -> None:
        self._book, self._zone, self._title = book, zone, title
        self._large = book.add_format({"bold": True, "font_size": 14})
        heading = {"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "valign": "top"}
        # A text stands off the figure on its left.
        places = {form: {"align": "right"} for form in (_MONEY, _COUNT, _DAY)}
        places |= {_TEXT: {"align": "left", "indent": 1}}
        self._headings = {form: book.add_format(heading | at) for form, at in places.items()}
        self._forms = {
            form: book.add_format({"num_format": form} | at) for form, at in places.items()
        }
        self._colours = {each: book.add_format({"font_color": each}) for each in (_AMBER, _RED)}

    def sheet(
        self,
        name: str,
        columns: Sequence[_Column],
        rows: Sequence[Sequence[object]],
        above: Sequence[str] = (),
    ) -> None:
        """Write a sheet with a header that stays and filters on all columns.

        Args:
            name: Of the sheet.
            columns: Its columns.
            rows: The values of each row.
            above: Lines above the header, with an empty one after them; the first is the title.
        """
        sheet = self._book.add_worksheet(name)
        header = len(above) + 1 if above else 0
        sheet.freeze_panes(header + 1, 1)
        for number, line in enumerate(above):
            sheet.write_string(number, 0, line, self._large if number == 0 else None)
        widths: list[int] = []
        for place, column in enumerate(columns):
            values = [row[place] for row in rows if len(row) == len(columns)]
            # What no item has, as fees where a rule compares none, takes no room.
            hidden = bool(values) and all(value is None for value in values)
            width = column.width(values)
            widths.append(0 if hidden else width)
            sheet.set_column(place, place, width, None, {"hidden": hidden})
            sheet.write_string(header, place, column.heading, self._headings[column.form])
            if column.warns:
                is_not_0 = {"type": "cell", "criteria": "!=", "value": 0}
                colour = {"format": self._colours[column.warns]}
                sheet.conditional_format(
                    header + 1, place, header + max(len(rows), 1), place, is_not_0 | colour
                )
        self._set_print(sheet, header, 1 + sum(widths) // _WIDE_PAGE)
        for number, row in enumerate(rows, header + 1):
            for place, value in enumerate(row):
                self._write(sheet, number, place, value, columns[place].form)
        sheet.autofilter(header, 0, header + max(len(rows), 1), len(columns) - 1)

    def _set_print(self, sheet: Any, header: int, pages: int) -> None:
        """On paper: across, so many pages wide; headings, items, sheet and day on each."""
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(pages, 0)
        sheet.repeat_rows(header)
        sheet.repeat_columns(0)
        sheet.set_header(f"&L&A&C{self._title}&R&P / &N")

    def _write(self, sheet: Any, row: int, place: int, value: object, form: str) -> None:
        match value:
            case None:
                return
            case int() if len(str(abs(value))) <= _EXACT_DIGITS:
                sheet.write_number(row, place, value, self._forms[form])
            case Decimal() if len(value.as_tuple().digits) <= _EXACT_DIGITS:
                sheet.write_number(row, place, value, self._forms[form])
            case datetime():
                text = value.astimezone(self._zone).isoformat(" ", "seconds")
                sheet.write_string(row, place, text, self._forms[_TEXT])
            case date():
                sheet.write_datetime(row, place, value, self._forms[_DAY])
            case _:
                # Written as a string it is none of a formula, whatever it begins with.
                sheet.write_string(row, place, str(value)[:_MOST_CHARACTERS], self._forms[_TEXT])


def _sheet_names(rules: Sequence[str]) -> dict[str, str]:
    """A name of at most 31 characters for each rule's sheet, each once."""
    names: dict[str, str] = {}
    taken = {_SUMMARY.lower()}
    for rule in rules:
        plain = _FORBIDDEN.sub("_", rule.removeprefix("rec_"))
        name, number = plain[:_LONGEST_NAME], 1
        while name.lower() in taken:
            number += 1
            ending = f" {number}"
            name = plain[: _LONGEST_NAME - len(ending)] + ending
        taken.add(name.lower())
        names[rule] = name
    return names
