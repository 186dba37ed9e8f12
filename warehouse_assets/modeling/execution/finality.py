"""Is a business date final in a table, or may rows that come late still change it?

A business date of a table is provisional until every source that the table is made of has
delivered all in which rows of that date count: as a rule the date's own delivery and those of the
three days after it. The windows by which sources are read say which. A fact that looks ahead at
later days of another fact, as for the date on which an order will be settled, waits for none of
them: what happens on later days is news of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from resources.lake.closing.closing_record import read_books
from resources.lake.model.window import Window, named_days

if TYPE_CHECKING:
    from resources.lake.closing.book_closing import Books
    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from warehouse_assets.modeling.loading.outline import TableFacts, WarehouseFacts

_SOURCES_NAMED = 3


class Standing(StrEnum):
    """How far a published business date of a table can be relied on."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    CLOSED = "closed"


@dataclass(frozen=True)
class Awaited:
    """The deliveries that a business date waits for; none if it is final."""

    deliveries: Mapping[str, Sequence[date]] = field(default_factory=dict[str, "Sequence[date]"])

    @classmethod
    def of_all(cls, several: Iterable[Awaited]) -> Awaited:
        """What any of them waits for."""
        days: dict[str, set[date]] = {}
        for each in several:
            for name, missing in each.deliveries.items():
                days.setdefault(name, set()).update(missing)
        return cls({name: sorted(found) for name, found in sorted(days.items())})

    def __bool__(self) -> bool:
        return bool(self.deliveries)

    def __str__(self) -> str:
        """`2026-11-20..2026-11-22 of ods_payment, ods_refund and 4 more`; empty if final."""
        sources: dict[str, list[str]] = {}
        for name, days in self.deliveries.items():
            sources.setdefault(named_days(days), []).append(name)
        return "; ".join(f"{days} of {_some(names)}" for days, names in sources.items())


@dataclass(frozen=True)
class DateStanding:
    """How far a business date can be relied on, and the deliveries that it still waits for."""

    standing: Standing
    awaited: Awaited


class Finality:
    """What of the tables of one lake is final, at one moment."""

    def __init__(
        self,
        warehouse: WarehouseFacts,
        lake: Lake,
        snapshot: Callable[[str], TableSnapshot] | None = None,
    ) -> None:
        self._warehouse, self._lake = warehouse, lake
        self._snapshot = snapshot or (lambda name: lake.snapshot(warehouse.table(name).spec))
        self._sources: dict[str, Mapping[str, int]] = {}
        self._delivered: dict[str, _Delivered] = {}

    @cached_property
    def books(self) -> Books:
        """The books as they are closed."""
        return read_books(self._lake)

    def awaited(self, table: TableFacts, day: date) -> Awaited:
        """The deliveries of its sources that the table's business date still waits for."""
        found: dict[str, Sequence[date]] = {}
        for name, days_after in self.sources(table).items():
            window = Window.of_days(day, day + timedelta(days=days_after))
            if missing := self._of(name).missing(window):
                found[name] = missing
        return Awaited(found)

    def standing(self, table: TableFacts, day: date) -> Standing:
        """Whether the table's business date is provisional, final, or closed with the books."""
        if table.closes_with_books and self.books.is_closed(day):
            return Standing.CLOSED
        return Standing.PROVISIONAL if self.awaited(table, day) else Standing.FINAL

    def of_date(self, tables: Iterable[TableFacts], day: date) -> DateStanding:
        """How far the business date can be relied on in all of the tables.

        It is closed if the books are closed through it, whether or not the tables close with
        them; else it is final only if it is final in each of them.
        """
        awaited = Awaited.of_all(self.awaited(table, day) for table in tables)
        if self.books.is_closed(day):
            return DateStanding(Standing.CLOSED, awaited)
        return DateStanding(Standing.PROVISIONAL if awaited else Standing.FINAL, awaited)

    def provisional(self, table: TableFacts, days: Sequence[date]) -> list[date]:
        """Those of the days that are neither final nor closed."""
        closed = set(self.books.closed(days)) if table.closes_with_books else set[date]()
        left = [day for day in days if day not in closed]
        sources = [(self._of(name), after) for name, after in self.sources(table).items()]
        return [
            day
            for day in left
            if any(source.lacks(day, day + timedelta(days=after)) for source, after in sources)
        ]

    def sources(self, table: TableFacts) -> Mapping[str, int]:
        """What delivers the rows of a business date, and how many days after it rows still count.

        Dimensions as of a day, which may be older, and tables without partitions are left out: no
        business date waits for them.
        """
        if table.name not in self._sources:
            found: dict[str, int] = {}
            if table.partition_column and not table.reads:
                found[table.name] = 0
            for name, reads in table.reads.items():
                read = self._warehouse.table(name)
                if reads.whole or reads.max_age or not read.partition_column:
                    continue
                own = {read.name: reads.ahead} if not read.reads else self.sources(read)
                for source, days_after in own.items():
                    found[source] = max(found.get(source, 0), days_after)
            self._sources[table.name] = found
        return self._sources[table.name]

    def _of(self, source: str) -> _Delivered:
        if source not in self._delivered:
            self._delivered[source] = _Delivered.of(self._snapshot(source).days)
        return self._delivered[source]


@dataclass(frozen=True)
class _Delivered:
    """The days that a source has delivered: from the first to the last, but for the holes."""

    first: date
    last: date
    holes: Sequence[date]

    @classmethod
    def of(cls, days: Sequence[date]) -> _Delivered:
        if not days:
            return cls(date.max, date.min, ())
        there = set(days)
        span = Window.of_days(days[0], days[-1])
        return cls(days[0], days[-1], [day for day in span if day not in there])

    def lacks(self, first: date, last: date) -> bool:
        """Whether any day of the span was not delivered."""
        return (
            first < self.first
            or last > self.last
            or any(first <= hole <= last for hole in self.holes)
        )

    def missing(self, window: Window) -> list[date]:
        return [day for day in window if self.lacks(day, day)]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SOURCES_NAMED
    # One more is as short by its name.
    if more <= 1:
        return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return f"{', '.join(names[:_SOURCES_NAMED])} and {more} more"
