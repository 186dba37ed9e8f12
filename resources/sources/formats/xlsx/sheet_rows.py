"""The rows of one sheet: its header found, its data told from what stands above and below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from zipfile import BadZipFile

from resources.errors import SourceError
from resources.sources.declaration.formats import NumberText, Record
from resources.sources.formats.control_totals import FoundTotal, FoundTotals
from resources.sources.formats.xlsx.cells import BadCell, Cells
from resources.sources.formats.xlsx.workbook import Sheet, Workbook, workbook_errors
from resources.sources.formats.xml_elements import XmlDamaged

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_LETTERS_AT_MOST = 3

Row = tuple[int, dict[int, Element]]


def sheet_rows(workbook: Workbook, sheet: Sheet) -> Iterator[Row]:
    """Each row that the sheet holds: its number from 1, its cells by column from 1."""
    last = 0
    try:
        for element in workbook.elements(sheet.part, "sheetData/row"):
            number = _row_number(element, last)
            yield number, _cells(element, number)
            last = number
    except (XmlDamaged, BadZipFile) as error:
        raise SourceError(
            f"{workbook.origin}, sheet {sheet.name!r}, is damaged: {error}",
            "Have the workbook delivered again.",
        ) from error


def _row_number(row: Element, last: int) -> int:
    given = row.get("r")
    number = last + 1 if given is None else int(given) if _is_number(given) else 0
    if not last < number <= _MOST_ROWS:
        raise XmlDamaged(f"row {given or number} comes after row {last}")
    return number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_ROWS))


def _cells(row: Element, number: int) -> dict[int, Element]:
    cells: dict[int, Element] = {}
    column = 0
    for cell in row:
        if cell.tag != "c":
            continue
        place = cell.get("r")
        at = column + 1 if place is None else _column(place, number)
        if not column < at <= _MOST_COLUMNS:
            raise XmlDamaged(f"cell {place or at} of row {number} is out of its place")
        cells[at] = cell
        column = at
    return cells


def _column(place: str, row: int) -> int:
    """The column of a place such as AB7, from 1; 0 if it is no place in the row."""
    letters = place.removesuffix(str(row))
    if letters == place or not (
        letters.isascii() and letters.isalpha() and len(letters) <= _LETTERS_AT_MOST
    ):
        return 0
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


@dataclass(frozen=True)
class SheetReader:
    """The rows below the header of an opened sheet; the workbook is closed behind the last.

    Attributes:
        names: The header, as many columns as it has.
        serials: Columns whose numbers are dates or times, whatever their style is.
        wanted: Columns that somebody asks for, with their names.
        ends_at: What the first text of the row behind the last one starts with; "": the sheet's
            end.
    """

    workbook: Workbook
    sheet: Sheet
    names: tuple[str, ...]
    header_row: int
    cells: Cells
    serials: frozenset[int]
    wanted: Mapping[int, str]
    ends_at: str
    found: FoundTotals

    @property
    def totals(self) -> Sequence[FoundTotal]:
        """What rows of the sheet state of its data; known once all records were read."""
        return self.found.found

    def records(self) -> Iterator[Record]:
        """The rows with something in the columns of the header; see RecordReader."""
        try:
            with workbook_errors(self.workbook.origin):
                yield from self._records()
        finally:
            self.workbook.close()

    def _records(self) -> Iterator[Record]:
        ended = False
        for number, cells in sheet_rows(self.workbook, self.sheet):
            # What lies behind the end is read all the same: a damaged sheet shows there.
            states_total = self._take_total(number, cells)
            if number <= self.header_row or ended:
                continue
            ended = bool(self.ends_at) and first_text(self.cells, cells).startswith(self.ends_at)
            if not ended and not states_total:
                yield self._record(number, cells)
        if self.ends_at and not ended:
            raise SourceError(
                f"{self.workbook.origin}, sheet {self.sheet.name!r}: no row starts with "
                f"{self.ends_at!r}, which ends its data",
                "Have it delivered whole, or correct ends_at= of format=xlsx(...).",
            )
        self.found.require_all()

    def _take_total(self, number: int, cells: Mapping[int, Element]) -> bool:
        if not self.found.declared:
            return False
        texts = [_text(self.cells, cells.get(at)) for at in range(1, max(cells, default=0) + 1)]
        numbers = {text for text in texts if isinstance(text, NumberText)}
        return self.found.take("\t".join(texts), number, numbers)

    def _record(self, number: int, cells: Mapping[int, Element]) -> Record:
        fields: list[str | None] = []
        problems: list[str] = []
        for at in range(1, len(self.names) + 1):
            cell = cells.get(at)
            try:
                text = None if cell is None else self.cells.text(cell, at in self.serials)
            except BadCell as error:
                text = cell.findtext("v") if cell is not None else None
                if at in self.wanted:
                    problems.append(f"{self.wanted[at]}: the cell holds {error}")
            fields.append(text)
        if not problems and not any(fields):
            return Record(number, 1, ())
        return Record(number, 1, fields, "; ".join(problems) or None)


def first_text(cells: Cells, row: Mapping[int, Element]) -> str:
    """The text of the first cell of a row that holds something; "" if none does."""
    texts = (_text(cells, cell).strip() for cell in row.values())
    return next((text for text in texts if text), "")


def _text(cells: Cells, cell: Element | None) -> str:
    """The text of a cell; "" of one that is empty or holds none."""
    try:
        return (None if cell is None else cells.text(cell)) or ""
    except BadCell:
        return ""
