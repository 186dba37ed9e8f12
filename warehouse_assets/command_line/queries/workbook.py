"""Rows as an Excel workbook: numbers where Excel can hold them exactly, else texts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.errors import SettingsError
from warehouse_assets.command_line.output.formatting import exact
from warehouse_assets.command_line.queries.rows import batches, described

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from duckdb import DuckDBPyConnection

# https://support.microsoft.com/office/excel-specifications-and-limits
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_MOST_CHARACTERS = 32_767
_EXACT_DIGITS = 15
# Before it Excel's calendar has a day that never was.
_FIRST_DATE = date(1900, 3, 1)
_WIDTH = 16


def write_workbook(cursor: DuckDBPyConnection, zone: ZoneInfo, path: Path) -> int:
    """Write the rows into one sheet; returns their number.

    A number of more digits than Excel keeps is written as text, so that nothing is rounded; an
    instant too, in `zone`.

    Raises:
        SettingsError: If the rows or a text are more than a sheet holds.
    """
    import xlsxwriter

    names, _ = described(cursor)
    if len(names) > _MOST_COLUMNS:
        raise _too_large(f"{len(names):,} columns", f"{_MOST_COLUMNS:,}")
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("rows")
    heading = book.add_format({"bold": True})
    formats = _Formats(book)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(names) - 1), _WIDTH)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, heading)
    rows = 0
    for batch in batches(cursor):
        for row in batch:
            rows += 1
            if rows >= _MOST_ROWS:
                raise _too_large("more rows", f"{_MOST_ROWS - 1:,}")
            for column, value in enumerate(row):
                _write(sheet, rows, column, value, zone, formats)
    book.close()
    return rows


class _Formats:
    """Number formats of the book, one for each number of decimals."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._decimals: dict[int, Any] = {}
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def decimals(self, places: int) -> Any:
        if places not in self._decimals:
            pattern = "#,##0" + ("." + "0" * places if places else "")
            self._decimals[places] = self._book.add_format({"num_format": pattern})
        return self._decimals[places]


def _write(
    sheet: Any, row: int, column: int, value: object, zone: ZoneInfo, formats: _Formats
) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case int() if len(str(abs(value))) <= _EXACT_DIGITS:
            sheet.write_number(row, column, value)
        case Decimal() if value.is_finite() and len(value.as_tuple().digits) <= _EXACT_DIGITS:
            exponent = value.as_tuple().exponent
            places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
            sheet.write_number(row, column, value, formats.decimals(places))
        case date() if not isinstance(value, datetime) and value >= _FIRST_DATE:
            sheet.write_datetime(row, column, value, formats.day)
        case _:
            text = exact(value, zone)
            if len(text) > _MOST_CHARACTERS:
                raise _too_large(f"a text of {len(text):,} characters", f"{_MOST_CHARACTERS:,}")
            sheet.write_string(row, column, text)


def _too_large(what: str, most: str) -> SettingsError:
    return SettingsError(
        f"a sheet of Excel cannot hold {what}: {most} at most", "Ask for less, or write .csv."
    )
