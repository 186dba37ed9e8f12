"""A run of business dates, half-open, as every partitioned statement sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Window:
    """Business dates from `start` up to, not including, `end`."""

    start: date
    end: date

    def holds(self, day: str) -> str:
        """SQL that is true where the SQL `day` gives one of the window's dates."""
        return f"{day} >= DATE '{self.start}' AND {day} < DATE '{self.end}'"

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a window ends after it starts: {self.start} .. {self.end}")

    @classmethod
    def of_day(cls, day: date) -> Window:
        """The window of one business date."""
        return cls(day, day + timedelta(days=1))

    @classmethod
    def of_days(cls, first: date, last: date) -> Window:
        """The window from `first` to `last`, both included."""
        return cls(first, last + timedelta(days=1))

    @property
    def last(self) -> date:
        """The last date inside."""
        return self.end - timedelta(days=1)

    def __len__(self) -> int:
        return (self.end - self.start).days

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=number) for number in range(len(self)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def __str__(self) -> str:
        return f"{self.start}" if len(self) == 1 else f"{self.start}..{self.last}"


def windows_of(days: Iterable[date]) -> list[Window]:
    """The fewest windows that hold exactly these dates, in order."""
    windows: list[Window] = []
    for day in sorted(set(days)):
        if windows and windows[-1].end == day:
            windows[-1] = Window.of_days(windows[-1].start, day)
        else:
            windows.append(Window.of_day(day))
    return windows


def named_days(days: Iterable[date]) -> str:
    """Dates as ranges, for people: `2026-11-13..2026-11-19, 2026-11-21`."""
    return ", ".join(str(window) for window in windows_of(days))
