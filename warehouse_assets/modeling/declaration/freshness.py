"""By when a table has yesterday's partition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resources.lake.model.publication_record import Partition
from resources.lake.model.window import Window


@dataclass(frozen=True)
class Deadline:
    """A time of day, in the business time zone, by which the day before is published."""

    at: time

    @property
    def cron(self) -> str:
        """The deadline as a cron expression: once a day."""
        return f"{self.at.minute} {self.at.hour} * * *"

    def latest_due(self, now: datetime, zone: ZoneInfo) -> date:
        """The latest business date whose deadline has passed at `now`."""
        local = now.astimezone(zone)
        days = 1 if local.time() >= self.at else 2
        return local.date() - timedelta(days=days)

    def missing_days(
        self, published: Iterable[Partition], first_date: date, now: datetime, zone: ZoneInfo
    ) -> list[date]:
        """The business dates that are due and not published: every hole in the daily series.

        The series begins with the first date that is published. Where none is, only the latest
        date that is due is missing: what came before was never asked for.

        Args:
            published: The partitions that are published.
            first_date: The first business date of the warehouse.
            now: The moment to judge by, with a time zone.
            zone: The business time zone.
        """
        due = self.latest_due(now, zone)
        there = {day for day in published if day is not None}
        first = max(first_date, min(there, default=due))
        if due < first:
            return []
        return [day for day in Window.of_days(first, due) if day not in there]


def by(time_of_day: str) -> Deadline:
    """A daily deadline such as by("06:00").

    Raises:
        ValueError: If the text is no time of day in 24 hours.
    """
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time_of_day):
        raise ValueError(f'by("{time_of_day}"): write a time of day as HH:MM, such as by("06:00")')
    return Deadline(time.fromisoformat(time_of_day))
