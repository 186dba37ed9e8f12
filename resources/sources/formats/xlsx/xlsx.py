"""`format=xlsx(...)`: which sheet of a workbook, where its header is, how times are read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args
from xml.etree.ElementTree import Element

from resources.errors import SourceError
from resources.sources.conversion.text_types import TIMESTAMP_TYPE
from resources.sources.declaration.formats import DeliveredFile, RecordFormat
from resources.sources.declaration.layout import Total
from resources.sources.declaration.refusals import refused, require_word
from resources.sources.formats.control_totals import FoundTotals
from resources.sources.formats.xlsx.cells import BadCell, Cells, Serials, Unit
from resources.sources.formats.xlsx.sheet_rows import SheetReader, first_text, sheet_rows
from resources.sources.formats.xlsx.workbook import Sheet, Workbook, workbook_errors

_TIMES = frozenset({TIMESTAMP_TYPE, "DATE"})


@dataclass(frozen=True, kw_only=True)
class Xlsx(RecordFormat):
    """One sheet of a workbook; tables call it `xlsx()`.

    Attributes:
        sheet: Its name; None: the only sheet that is not hidden.
        header: The number of the row with the columns' names, or the text of that row's first
            cell.
        ends_at: What the first text of the row behind the data starts with; "" if data go to the
            sheet's end.
        plain_serials: Whether in columns that are dates or timestamps also a number that is not
            shown as a date is one.
        round_times: Unit to which times are rounded.
        totals: What rows of the sheet state of its data, by `total()` of layouts, for the texts
            of a row's cells, joined by tabs from column A.
    """

    name: ClassVar[str] = "xlsx"
    endings: ClassVar[tuple[str, ...]] = ("xlsx", "xlsm")
    null_texts: ClassVar[tuple[str, ...]] = ("",)
    has_positions: ClassVar[bool] = True

    sheet: str | None = None
    header: int | str = 1
    ends_at: str = ""
    plain_serials: bool = False
    round_times: Unit | None = None
    totals: Sequence[Total] = ()

    def __post_init__(self) -> None:
        header = self.header
        is_row = header > 0 if isinstance(header, int) else bool(header.strip())
        if isinstance(header, bool) or not is_row:
            raise refused(
                "xlsx",
                f"header {header!r} is no row",
                "Give the row's number, from 1, or the text of its first cell.",
            )
        if self.sheet == "":
            raise refused(
                "xlsx", "sheet is an empty name", "Name it, or leave it out if only one is visible."
            )
        if self.round_times is not None:
            require_word("xlsx", "round_times", self.round_times, get_args(Unit))
        if isinstance(self.totals, Total):
            raise refused("xlsx", "totals is one total, not a sequence", "Write totals=(...,).")

    def open(self, file: DeliveredFile) -> SheetReader:
        """Find the sheet and its header; see RecordFormat."""
        with workbook_errors(file.origin):
            workbook = Workbook(file.path, file.origin, file.limits)
            try:
                sheet = workbook.sheet(self.sheet)
                serials = Serials(workbook.counts_from_1904, self.round_times)
                cells = Cells(workbook.shared_texts, workbook.date_styles, serials)
                number, header = self._header(workbook, sheet, cells)
                names = _names(cells, header)
            except BaseException:
                workbook.close()
                raise
        wanted = {
            at: name for at, name in enumerate(names, 1) if name in file.wanted or at in file.wanted
        }
        times = {
            at
            for at, name in wanted.items()
            if (file.wanted.get(at, frozenset()) | file.wanted.get(name, frozenset())) & _TIMES
        }
        return SheetReader(
            workbook,
            sheet,
            names,
            number,
            cells,
            frozenset(times if self.plain_serials else ()),
            wanted,
            self.ends_at,
            FoundTotals(self.totals, file.origin),
        )

    def _header(
        self, workbook: Workbook, sheet: Sheet, cells: Cells
    ) -> tuple[int, Mapping[int, Element]]:
        texts: list[str] = []
        for number, row in sheet_rows(workbook, sheet):
            text = first_text(cells, row)
            if number == self.header or (text and text == self.header):
                return number, row
            texts.append(text)
        near = difflib.get_close_matches(str(self.header), texts, 1, 0.5)
        row = f"row {self.header}" if isinstance(self.header, int) else f"row {self.header!r}"
        raise SourceError(
            f"{workbook.origin}, sheet {sheet.name!r}: there is no {row} with the columns' names"
            + (f"; the nearest is {near[0]!r}" if near else ""),
            "Have it delivered with its header, or correct header= of format=xlsx(...).",
        )


xlsx = Xlsx


def _names(cells: Cells, header: Mapping[int, Element]) -> tuple[str, ...]:
    texts: dict[int, str] = {}
    for at, cell in header.items():
        try:
            texts[at] = (cells.text(cell) or "").strip()
        except BadCell:
            texts[at] = ""
    last = max((at for at, text in texts.items() if text), default=0)
    return tuple(texts.get(at, "") for at in range(1, last + 1))
