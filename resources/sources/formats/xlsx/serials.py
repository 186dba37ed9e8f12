"""Dates and times of spreadsheets: days since an epoch, as a number, with faults kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

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


class NoTime(ValueError):
    """The number is no date or time; says why."""


@dataclass(frozen=True)
class Serials:
    """How a workbook's serials become local times.

    Attributes:
        from_1904: Whether the workbook counts from 1904 (old Excel for Macintosh), not from 1900.
        round_to: Unit to which times are rounded; None: a time that is no whole number of
            milliseconds is refused, what the 15 digits of a serial leave out aside.
    """

    from_1904: bool = False
    round_to: Unit | None = None

    def text(self, serial: Decimal) -> str:
        """The serial as ISO 8601: a date, a date and time, or a time of day for less than a day.

        Raises:
            NoTime: If it is none, or none that the rounding allows.
        """
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
            raise NoTime("29 February 1900 never was")
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
