"""`format=xlsx(...)`: which sheet of a workbook, where its header is, how times are read."""

from __future__ import annotations

import difflib
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, get_args
from xml.etree.ElementTree import Element
from zipfile import BadZipFile

from resources.errors import SettingsError, SourceError
from resources.sources.conversion.text_types import TIMESTAMP_TYPE
from resources.sources.declaration.layout import Total
from resources.sources.declaration.record import Record
from resources.sources.declaration.record_format import DeliveredFile, RecordFormat
from resources.sources.formats.found_totals import FoundTotal, FoundTotals
from resources.sources.formats.xlsx.cells import BadCell, Cells
from resources.sources.formats.xlsx.serials import Serials, Unit
from resources.sources.formats.xlsx.sheet_rows import Data, first_text, sheet_rows
from resources.sources.formats.xlsx.workbook import Sheet, Workbook
from resources.sources.formats.xml_elements import XmlDamaged

_TIMES = frozenset({TIMESTAMP_TYPE, "DATE"})


@dataclass(frozen=True)
class Xlsx(RecordFormat):
    """One sheet of a workbook. Make one with `xlsx()`, which checks its arguments.

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

    sheet: str | None
    header: int | str
    ends_at: str
    plain_serials: bool
    round_times: Unit | None
    totals: tuple[Total, ...] = ()

    def open(self, file: DeliveredFile) -> XlsxReader:
        """Find the sheet and its header; see RecordFormat."""
        with _workbook_errors(file.origin):
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
        data = Data(
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
        return XlsxReader(data)

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


@dataclass(frozen=True)
class XlsxReader:
    """The data of an opened sheet."""

    data: Data

    @property
    def names(self) -> Sequence[str]:
        """What the header calls the columns; "" for one without a name."""
        return self.data.names

    @property
    def totals(self) -> Sequence[FoundTotal]:
        """What rows of the sheet state of its data; known once all records were read."""
        return self.data.totals.found

    def records(self) -> Iterator[Record]:
        """The rows below the header; see RecordReader. Closes the workbook at the end."""
        workbook = self.data.workbook
        try:
            with _workbook_errors(workbook.origin):
                yield from self.data.records()
        finally:
            workbook.close()


def xlsx(
    *,
    sheet: str | None = None,
    header: int | str = 1,
    ends_at: str = "",
    plain_serials: bool = False,
    round_times: Unit | None = None,
    totals: Sequence[Total] = (),
) -> Xlsx:
    """Declare workbooks as the format of files; `Xlsx` says what each argument means.

    Raises:
        SettingsError: If an argument makes no sense.
    """
    if isinstance(header, bool) or (header < 1 if isinstance(header, int) else not header.strip()):
        raise SettingsError(
            f"xlsx(): header {header!r} is no row",
            "Give the row's number, from 1, or the text of its first cell.",
        )
    if sheet is not None and not sheet:
        raise SettingsError(
            "xlsx(): sheet is an empty name", "Name it, or leave it out if only one is visible."
        )
    if round_times is not None and round_times not in get_args(Unit):
        raise SettingsError(
            f"xlsx(): round_times {round_times!r} is no unit",
            f"Take one of {', '.join(get_args(Unit))}.",
        )
    if isinstance(totals, Total):
        raise SettingsError("xlsx(): totals is one total, not a sequence", "Write totals=(...,).")
    return Xlsx(sheet, header, ends_at, plain_serials, round_times, tuple(totals))


@contextmanager
def _workbook_errors(origin: Path) -> Generator[None]:
    """Turn what reading a damaged package raises into SourceError that names it."""
    try:
        yield
    except (
        XmlDamaged,
        BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise SourceError(
            f"{origin} is a damaged workbook: {error}", "Have it delivered again."
        ) from error


def _names(cells: Cells, header: Mapping[int, Element]) -> tuple[str, ...]:
    texts: dict[int, str] = {}
    for at, cell in header.items():
        try:
            texts[at] = (cells.text(cell) or "").strip()
        except BadCell:
            texts[at] = ""
    last = max((at for at, text in texts.items() if text), default=0)
    return tuple(texts.get(at, "") for at in range(1, last + 1))
