"""One cell of a sheet as text: what it holds, exactly, or why that cannot be taken.

Dates and times are serials: days since an epoch, as a number, with faults kept for ever.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from xml.etree.ElementTree import Element

from resources.sources.declaration.formats import NumberText

Unit = Literal["second", "millisecond"]

# Local times, in no zone: UTC only keeps them apart from the zone of this machine.
# Excel counts 29 February 1900, a day that never was: serials up to 59 lie before it.
_1900_EARLY = datetime(1899, 12, 31, tzinfo=UTC)
_1900 = datetime(1899, 12, 30, tzinfo=UTC)
_1900_NO_DAY = 60
_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_PER_DAY = 86_400_000_000
_UNITS = {"second": 1_000_000, "millisecond": 1_000}
# Excel shows milliseconds and writes 15 digits, which is a few microseconds of a day.
_OFF_BY_SPELLING = 10

_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
# From here on, not every whole number is a double.
_WHOLE_BELOW = 2**53
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class NoTime(ValueError):
    """The number is no date or time; says why."""


@dataclass(frozen=True)
class Serials:
    """How a workbook's serials become local times.

    Attributes:
        from_1904: Whether the workbook counts from 1904 (old Excel for Macintosh), not from 1900.
        round_to: Unit to which times are rounded; None: a time that is no whole number of
            milliseconds is rejected, what the 15 digits of a serial leave out aside.
    """

    from_1904: bool = False
    round_to: Unit | None = None

    def text(self, serial: Decimal) -> str:
        """The serial as ISO 8601: a date, a date and time, or a time of day for less than a day."""
        microseconds = self._microseconds(Fraction(serial))
        days, rest = divmod(microseconds, _PER_DAY)
        if microseconds < 0:
            raise NoTime("a negative number is no date")
        if not days and not self.from_1904:
            return f"{_1900 + timedelta(microseconds=rest):%H:%M:%S}{_part(rest)}"
        try:
            moment = self._epoch(days) + timedelta(days, microseconds=rest)
        except OverflowError as error:
            raise NoTime("it lies beyond the year 9999") from error
        if not rest:
            return f"{moment:%Y-%m-%d}"
        return f"{moment:%Y-%m-%d %H:%M:%S}{_part(rest)}"

    def _epoch(self, days: int) -> datetime:
        if self.from_1904:
            return _1904
        if days == _1900_NO_DAY:
            raise NoTime("29 February 1900 does not exist")
        return _1900_EARLY if days < _1900_NO_DAY else _1900

    def _microseconds(self, serial: Fraction) -> int:
        exact = serial * _PER_DAY
        unit = _UNITS[self.round_to or "millisecond"]
        rounded = round(exact / unit) * unit
        if self.round_to is None and abs(rounded - exact) > _OFF_BY_SPELLING:
            raise NoTime('it is no whole number of milliseconds: declare round_times="second"')
        return rounded


def _part(microseconds: int) -> str:
    part = microseconds % 1_000_000
    return f".{part:06d}".rstrip("0") if part else ""


class BadCell(ValueError):
    """A cell whose value cannot be taken; says why."""


@dataclass(frozen=True)
class Cells:
    """What a workbook says of all its cells: shared strings, numbers of styles that show dates."""

    shared: Sequence[str]
    date_styles: frozenset[int]
    serials: Serials

    def text(self, cell: Element, is_serial: bool = False) -> str | None:
        """The text of a cell, an element `c`; None where it is empty.

        `is_serial`: whether a number is a date or time whatever its style is. Raises BadCell for an
        error, a formula that was never worked out, or no value of the kind that it says.
        """
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("is")
            return None if inline is None else string_of(inline)
        value = cell.findtext("v")
        if value is None or (kind == "n" and not value.strip()):
            if cell.find("f") is not None:
                raise BadCell("a formula without its value: have the workbook saved by Excel")
            return None
        if kind == "str":
            return unescaped(value)
        if kind == "s":
            return self._shared(value)
        if kind == "b" and value in ("0", "1"):
            return "true" if value == "1" else "false"
        if kind == "d":
            return value
        if kind == "n":
            return self._number(value.strip(), is_serial or self._is_date(cell))
        raise BadCell(f"the error {value}" if kind == "e" else f"{value!r} as {kind!r}")

    def _shared(self, number: str) -> str:
        if not number.isascii() or not number.isdigit() or int(number) >= len(self.shared):
            raise BadCell(f"the shared text {number!r}, which does not exist")
        return self.shared[int(number)]

    def _is_date(self, cell: Element) -> bool:
        style = cell.get("s", "0")
        return style.isdigit() and int(style) in self.date_styles

    def _number(self, text: str, is_serial: bool) -> str:
        if not _NUMBER.fullmatch(text):
            raise BadCell(f"{text!r} as a number")
        shortest = spelled(float(text))
        if shortest is None:
            raise BadCell(f"{text}, which is beyond all numbers of a sheet")
        if is_serial:
            try:
                return self.serials.text(Decimal(shortest))
            except NoTime as error:
                raise BadCell(f"{text} as a date: {error}") from error
        if text.isdigit():
            return NumberText(text)
        if abs(float(text)) >= _WHOLE_BELOW:
            raise BadCell(f"{text}, of which a sheet keeps 15 digits: have it delivered as text")
        return NumberText(shortest)


def string_of(element: Element) -> str:
    """The text of a shared or inline string: its runs, without what tells how to read them out."""
    runs = [element.findtext("t") or "", *(run.findtext("t") or "" for run in element.findall("r"))]
    return unescaped("".join(runs))


def unescaped(text: str) -> str:
    """The text with characters that XML cannot hold, as in _x000D_, put back."""
    if "_x" not in text:
        return text
    put_back = _CHARACTER.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        return put_back.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return text


def spelled(number: float) -> str | None:
    """The shortest spelling that gives the same double, without an exponent; None for no number.

    19.99 was stored as 19.989999999999998436...; whoever wrote it meant 19.99.
    """
    if not math.isfinite(number):
        return None
    shortest = Decimal(repr(number))
    whole = shortest == shortest.to_integral_value()
    return f"{int(shortest)}" if whole else f"{shortest:f}"
