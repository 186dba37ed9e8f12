"""Workbooks, damaged in their XML or as a whole, and Parquet."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from resources.sources.declaration.files import files
from resources.sources.formats.xlsx.xlsx import xlsx
from tests.sources.conftest import FOLDER
from tests.sources.formats.workbooks import number, row, shared, text, workbook
from tests.sources.mutated_files.judging import Expected, FileKind, Row, Unreadable
from tests.sources.mutated_files.mutations import mutated
from tests.sources.mutated_files.spelling import amount, instant
from tests.sources.mutated_files.text_kinds import COLUMNS, NAMES, rows_of

_SHEET, _TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


class XlsxKind(FileKind):
    name = "xlsx"
    file_name = "a.xlsx"
    source = files(FOLDER, format=xlsx(sheet="Sheet"), time_zone="UTC")
    columns = COLUMNS

    def original(self, random: Random) -> bytes:
        rows = rows_of(random)
        header = row(1, *(text(name) for name in NAMES))
        lines = [
            row(at + 2, shared(at), number(money), text(when))
            for at, (_, money, when) in enumerate(rows)
        ]
        return workbook([header, *lines], [f"<t>{order}</t>" for order, _, _ in rows])

    def damaged(self, original: bytes, random: Random) -> bytes:
        if random.random() < 0.3:
            return mutated(original, random)
        part = random.choice((_SHEET, _SHEET, _SHEET, _TEXTS))
        written = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(written, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, mutated(content, random) if name == part else content)
        return written.getvalue()

    def expected(self, content: bytes) -> Expected:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                sheet = ElementTree.fromstring(package.read(_SHEET))
                texts = ElementTree.fromstring(package.read(_TEXTS))
        except (
            zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, zlib.error, EOFError,
            NotImplementedError, RuntimeError, LookupError, OSError,
        ) as error:  # fmt: skip
            raise Unreadable(str(error)) from error
        strings = [
            "".join(part.text or "" for part in each if _local(part) == "t")
            for each in texts
            if _local(each) == "si"
        ]
        found = self._rows(sheet, strings)
        if 1 not in found:
            raise Unreadable("no header")
        header = {(value or "").strip(): at for at, value in found.pop(1).items()}
        if any(name not in header for name in NAMES):
            raise Unreadable("no such columns")
        rows: dict[int, Row | None] = {}
        for line, cells in found.items():
            if not any(cells.values()):
                continue
            order, money, at = (cells.get(header[name]) for name in NAMES)
            values = (order or None, amount(money), instant(at))
            rows[line] = None if None in values else values
        return Expected(rows)

    def _rows(
        self, sheet: ElementTree.Element, strings: list[str]
    ) -> dict[int, dict[int, str | None]]:
        found: dict[int, dict[int, str | None]] = {}
        last = 0
        for data in (each for each in sheet if _local(each) == "sheetData"):
            for line in (each for each in data if _local(each) == "row"):
                given = line.get("r", str(last + 1))
                if not re.fullmatch(r"\d{1,7}", given, re.ASCII) or int(given) <= last:
                    raise Unreadable(f"row {given}")
                last = int(given)
                found[last] = {}
                column = 0
                for cell in (each for each in line if _local(each) == "c"):
                    place = cell.get("r")
                    at = column + 1
                    if place is not None:
                        letters = re.fullmatch(rf"([A-Za-z]{{1,3}}){last}", place)
                        at = 0 if letters is None else _column_number(letters[1])
                        if at <= column:
                            raise Unreadable(f"cell {place}")
                    column = at
                    found[last][at] = _text(cell, strings)
        return found


_REFUSED = "\0refused"


def _column_number(letters: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _text(cell: ElementTree.Element, strings: list[str]) -> str | None:
    """The text of a cell; one that no column takes where it has to be refused."""
    kind = cell.get("t", "n")
    value = next((each for each in cell if _local(each) == "v"), None)
    if kind == "inlineStr":
        inline = next((each for each in cell if _local(each) == "is"), None)
        parts = [] if inline is None else [e for e in inline if _local(e) == "t"]
        return "".join(each.text or "" for each in parts[:1])
    if value is None:
        return None
    told = value.text or ""
    if kind == "s":
        known = re.fullmatch(r"\d+", told, re.ASCII) and int(told) < len(strings)
        return strings[int(told)] if known else _REFUSED
    if kind == "n":
        told = told.strip()
        if not told:
            return None
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", told, re.ASCII):
            return _REFUSED
        if told.isdigit():
            return told
        double = float(told)
        if abs(double) >= 2**53:
            return _REFUSED
        return f"{Decimal(repr(double)):f}" if double % 1 else f"{int(double)}"
    return told if kind in ("str", "d") else _REFUSED


class ParquetKind(FileKind):
    name = "parquet"
    file_name = "a.parquet"
    source = files(FOLDER, format="parquet", time_zone="UTC")
    columns = COLUMNS
    has_idle_parts = True

    def original(self, random: Random) -> bytes:
        rows = rows_of(random)
        written = io.BytesIO()
        table = pa.table(
            {
                "id": [order for order, _, _ in rows],
                "amount": [float(money) for _, money, _ in rows],
                "at": pa.array([instant(at) for _, _, at in rows], pa.timestamp("us", "UTC")),
            }
        )
        pq.write_table(
            table,
            written,
            use_deprecated_int96_timestamps=random.random() < 0.5,
            store_schema=False,
            compression=random.choice(("snappy", "zstd", "none")),
        )
        return written.getvalue()

    def expected(self, content: bytes) -> Expected:
        try:
            table = pq.ParquetFile(io.BytesIO(content), coerce_int96_timestamp_unit="us").read()
            listed = {name: _listed(table[name]) for name in table.column_names}
        except (pa.ArrowException, OSError, ValueError, OverflowError, UnicodeDecodeError) as error:
            raise Unreadable(str(error)) from error
        if any(name not in listed for name in NAMES):
            raise Unreadable("no such columns")
        rows: dict[int, Row | None] = {}
        unsure: set[int] = set()
        has_times = pa.types.is_timestamp(table["at"].type)
        for line, (order, money, at) in enumerate(
            zip(*(listed[name] for name in NAMES), strict=True), 1
        ):
            has_types = isinstance(money, float | None) and isinstance(order, str | None)
            if not (has_types and has_times):
                unsure.add(line)
                continue
            spelled = None
            if money is not None and abs(money) < 1e16:
                spelled = f"{Decimal(repr(money)):f}"
            values = (order, amount(spelled), _instant(at))
            rows[line] = None if None in values else values
        return Expected(rows, frozenset(unsure))


def _listed(column: pa.ChunkedArray) -> list[Any]:
    """The values; instants as microseconds since 1970, of which some are no time of Python."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us")).cast(pa.int64())
    return column.to_pylist()


def _instant(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
