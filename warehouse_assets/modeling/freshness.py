"""By when a table has yesterday's partition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Deadline:
    """A time of day, in the business time zone, by which the day before is published."""

    at: time

    @property
    def cron(self) -> str:
        """The deadline as a cron expression: once a day."""
        return f"{self.at.minute} {self.at.hour} * * *"

    def newest_due(self, now: datetime, zone: ZoneInfo) -> date:
        """The newest business date whose deadline has passed at `now`."""
        local = now.astimezone(zone)
        days = 1 if local.time() >= self.at else 2
        return local.date() - timedelta(days=days)


def missing_days(published: Iterable[date | None], newest: date) -> list[date]:
    """The holes of a daily series: days from its first one to `newest` that are not published.

    Nothing for a table of which nothing is published: where it begins is not known then.
    """
    days = {day for day in published if day is not None}
    if not days:
        return []
    first = min(days)
    span = (max(newest, max(days)) - first).days
    return [day for n in range(span + 1) if (day := first + timedelta(days=n)) not in days]


def by(time_of_day: str) -> Deadline:
    """A daily deadline such as by("06:00").

    Raises:
        ValueError: If the text is no time of day in 24 hours.
    """
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time_of_day):
        raise ValueError(f'by("{time_of_day}"): write a time of day as HH:MM, such as by("06:00")')
    return Deadline(time.fromisoformat(time_of_day))
