"""Files of a whole month, whose rows belong to its days by a column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import available_timezones

from resources.errors import SettingsError
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window


@dataclass(frozen=True)
class MonthSplit:
    """How the rows of a month's files are dealt out to days. Made by `by_day_of()`.

    Attributes:
        column: Contract column with a date, or with an instant.
        time_zone: Where the day of an instant is counted; None: the business time zone.
    """

    column: str
    time_zone: str | None = None

    def day(self, value: str, column: ColumnSpec, default_zone: str) -> str:
        """SQL of the business date of a value of the column."""
        if column.type == "DATE":
            return value
        if column.type == "TIMESTAMP WITH TIME ZONE":
            return f"CAST(timezone('{self.time_zone or default_zone}', {value}) AS DATE)"
        raise SettingsError(
            f"by_day_of({self.column!r}): the column is {column.type}, which has no day",
            "Name a column with a date or a timestamp.",
        )


def by_day_of(column: str, *, time_zone: str | None = None) -> MonthSplit:
    """Say that a folder holds a month, `<path>/<YYYY-MM>/`, whose rows belong to its days.

    Args:
        column: Contract column whose date, or whose instant, says to which day a row belongs. A
            row of no day of the month is refused.
        time_zone: Where the day of an instant is counted; None: the business time zone.

    Raises:
        SettingsError: If there is no such time zone.
    """
    if time_zone is not None and time_zone not in available_timezones():
        raise SettingsError(
            f"by_day_of(): there is no time zone {time_zone!r}",
            'Use a name as in "Asia/Shanghai".',
        )
    return MonthSplit(column, time_zone)


def month_of(day: date) -> Window:
    """The days of the month that holds the day."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Window.of_days(first, last)
