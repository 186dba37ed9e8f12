"""A workbook's package: is it whole, which sheets has it, what do its styles and texts say."""

from __future__ import annotations

import difflib
import posixpath
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from resources.errors import SourceError
from resources.sources.formats.xlsx.cells import string_of
from resources.sources.formats.xml_elements import XmlDamaged, xml_elements
from resources.sources.landing.limits import Limits

# Shared texts lie in memory.
SHARED_TEXT_BYTES = 256 * 1024**2

_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
_NEXT = "Have it delivered again as an .xlsx workbook without a password."


@dataclass(frozen=True)
class Sheet:
    """One sheet with cells: its name, whether people see it, the part of the package it is."""

    name: str
    is_visible: bool
    part: str


class Workbook:
    """An opened workbook. Parts are read when they are asked for."""

    def __init__(self, path: Path, origin: Path, limits: Limits) -> None:
        self.origin = origin
        with path.open("rb") as file:
            if file.read(len(_COMPOUND_FILE)) == _COMPOUND_FILE:
                raise SourceError(f"{origin} is an old .xls workbook, or has a password", _NEXT)
        try:
            self._zip = ZipFile(path)
        except BadZipFile as error:
            raise SourceError(
                f"{origin} is truncated, or no .xlsx workbook: {error}", _NEXT
            ) from error
        self._check_parts(path.stat().st_size, limits)
        self._part = self._workbook_part()
        self._related = {
            kind.rpartition("/")[2]: target for _, kind, target in self._relations(self._part)
        }

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Its sheets with cells, in their order."""
        parts = {
            key: target
            for key, kind, target in self._relations(self._part)
            if kind.endswith("/worksheet")
        }
        sheets: list[Sheet] = []
        for element in self.elements(self._part, "sheets/sheet"):
            keys = [value for name, value in element.items() if name.rpartition(" ")[2] == "id"]
            part = next((parts[key] for key in keys if key in parts), None)
            if part is not None:
                is_visible = element.get("state", "visible") == "visible"
                sheets.append(Sheet(element.get("name", ""), is_visible, part))
        return tuple(sheets)

    @cached_property
    def counts_from_1904(self) -> bool:
        """Whether its serials count from 1904, not from 1900."""
        properties = self.elements(self._part, "workbook/workbookPr")
        return any(each.get("date1904", "0") in ("1", "true") for each in properties)

    @cached_property
    def shared_texts(self) -> tuple[str, ...]:
        """The texts to which cells refer by number."""
        part = self._related.get("sharedStrings")
        if part is None:
            return ()
        size = sum(each.file_size for each in self._zip.infolist() if each.filename == part)
        if size > SHARED_TEXT_BYTES:
            raise SourceError(
                f"{self.origin} holds {size:,} bytes of shared texts, more than "
                f"{SHARED_TEXT_BYTES:,}",
                "Have it delivered in several workbooks, or as CSV.",
            )
        return tuple(string_of(each) for each in self.elements(part, "sst/si"))

    @cached_property
    def date_styles(self) -> frozenset[int]:
        """Numbers of the cell styles that show a number as a date or a time of day."""
        part = self._related.get("styles")
        if part is None:
            return frozenset()
        formats = dict(BUILTIN_FORMATS)
        dates: set[int] = set()
        count = 0
        for element in self.elements(part, "numFmts/numFmt", "cellXfs/xf"):
            number = int(element.get("numFmtId") or 0)
            if element.tag == "numFmt":
                formats[number] = element.get("formatCode", "")
                continue
            shown = formats.get(number, "")
            if is_date_format(shown) and not is_timedelta_format(shown):
                dates.add(count)
            count += 1
        return frozenset(dates)

    def sheet(self, name: str | None) -> Sheet:
        """The sheet of that name; without a name, the only one that people see."""
        names = [sheet.name for sheet in self.sheets]
        if name is None:
            visible = [sheet for sheet in self.sheets if sheet.is_visible]
            if len(visible) == 1:
                return visible[0]
            raise SourceError(
                f"{self.origin} has {len(visible)} sheets that are not hidden: "
                f"{', '.join(sheet.name for sheet in visible)}",
                'Declare which one, as in format=xlsx(sheet="...").',
            )
        found = [sheet for sheet in self.sheets if sheet.name == name]
        if len(found) == 1:
            return found[0]
        near = difflib.get_close_matches(name, names, 1, 0.5)
        there = f"the nearest is {near[0]!r}" if near else f"it has {', '.join(names) or 'none'}"
        raise SourceError(
            f"{self.origin}: there is no sheet {name!r}; {there}",
            "Have it delivered with that sheet, or correct sheet= of format=xlsx(...).",
        )

    def elements(self, part: str, *whole: str) -> Iterator[Element]:
        """The elements of a part that `whole` names, as xml_elements does."""
        try:
            opened = self._zip.open(part)
        except KeyError as error:
            raise SourceError(f"{self.origin} is damaged: it has no {part}", _NEXT) from error
        with opened as file:
            for found in xml_elements(cast("BinaryIO", file), whole):
                if found.element is not None:
                    yield found.element

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _check_parts(self, size: int, limits: Limits) -> None:
        parts = self._zip.infolist()
        # No part gives more bytes than it states.
        limits.check_unpacked(sum(part.file_size for part in parts), size, self.origin)
        if len({part.filename for part in parts}) < len(parts):
            raise SourceError(f"{self.origin} is damaged: it holds a part twice", _NEXT)

    def _workbook_part(self) -> str:
        for _, kind, target in self._relations(""):
            if kind.endswith("/officeDocument"):
                return target
        raise SourceError(f"{self.origin} is a .zip but no .xlsx workbook", _NEXT)

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Key, kind and target of each part that `part` refers to."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        for element in self.elements(listed, "Relationships/Relationship"):
            if element.get("TargetMode") == "External":
                continue
            target = posixpath.join("/", folder, element.get("Target", ""))
            path = posixpath.normpath(target).lstrip("/")
            yield element.get("Id", ""), element.get("Type", ""), path


@contextmanager
def workbook_errors(origin: Path) -> Generator[None]:
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
