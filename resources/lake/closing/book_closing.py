"""What the record of closed books says: every closing and reopening, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from resources.lake.model.table_spec import ColumnSpec, TableSpec

BOOK_CLOSING = TableSpec(
    namespace="books",
    name="book_closing",
    doc="One row per closing or reopening of the books: who, when, through which day, and why",
    columns=(
        ColumnSpec("closing_no", "BIGINT", "Closings and reopenings, counted from 1"),
        ColumnSpec("action", "VARCHAR", "close or reopen"),
        ColumnSpec("business_date", "DATE", "Last day that is closed, or first that is reopened"),
        ColumnSpec(
            "closed_through",
            "DATE",
            "Last closed business date from then on; without one no day is closed",
            nullable=True,
        ),
        ColumnSpec("decided_by", "VARCHAR", "Who closed or reopened the books"),
        ColumnSpec("decided_at", "TIMESTAMP WITH TIME ZONE", "When"),
        ColumnSpec("reason", "VARCHAR", "Why; a closing of final days needs none", nullable=True),
        ColumnSpec(
            "not_final",
            "VARCHAR",
            "What was missing of the days that were closed all the same",
            nullable=True,
        ),
    ),
    key=("closing_no",),
    sort_by=("closing_no",),
)
"""Rows are only added. It is a table of the lake as any other: `ledgerlake show book_closing`."""


class Action(StrEnum):
    """What was done with the books."""

    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True)
class BookClosing:
    """One closing, or reopening, of the books; a row of `books.book_closing`."""

    closing_no: int
    action: Action
    business_date: date
    closed_through: date | None
    decided_by: str
    decided_at: datetime
    reason: str | None = None
    not_final: str | None = None


@dataclass(frozen=True)
class Books:
    """The books as they were closed and reopened so far, the first time first.

    `publication_id` is that of the record they were read from; None while there is none.
    """

    closings: tuple[BookClosing, ...] = ()
    publication_id: str | None = None

    @property
    def closed_through(self) -> date | None:
        """The last closed business date; None if no day is closed."""
        return self.closings[-1].closed_through if self.closings else None

    @property
    def first_open_day(self) -> date | None:
        """The business date that takes the supplements of closed ones; None if none is closed."""
        return _after(self.closed_through)

    def is_closed(self, day: date | None) -> bool:
        """Whether the books of the business date are closed."""
        through = self.closed_through
        return day is not None and through is not None and day <= through

    def closed(self, days: Iterable[date]) -> list[date]:
        """Those of the days that are closed."""
        return [day for day in days if self.is_closed(day)]

    def supplement_days(self, since: date) -> list[date]:
        """The days after `since` that may hold supplements of it or of later days."""
        first_open_days = {_after(each.closed_through) for each in self.closings}
        return sorted(day for day in first_open_days if day is not None and day > since)


def _after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(days=1)
