"""The state of each table: what is published, what is stale, late or missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from resources.errors import LedgerlakeError
from resources.lake.model.publication_record import Partition
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from warehouse_assets.modeling.execution.finality import Finality
from warehouse_assets.modeling.execution.staleness import Staleness

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from warehouse_assets.modeling.loading.outline import Outline, Outlines

WATCHED_DAYS = 31


@dataclass(frozen=True)
class TableState:
    """One declared table as it is in the lake.

    Attributes:
        snapshot: What is published; None if it cannot be read, which `trouble` explains.
        stale: Published partitions that are not up to date, with the reason.
        missing: Days whose deadline has passed and that are not published: holes, and late ones.
        provisional: Published days that may still change by rows that come late.
        closed_through: The last published day that is closed with the books, if the table is.
        due: The next deadline in the business time zone, or None.
        trouble: Why the table cannot be read, and the next step.
    """

    table: Outline
    snapshot: TableSnapshot | None
    stale: Mapping[Partition, str] = field(default_factory=dict[Partition, str])
    missing: Sequence[date] = ()
    provisional: Sequence[date] = ()
    closed_through: date | None = None
    due: datetime | None = None
    trouble: tuple[str, str | None] | None = None

    @property
    def days(self) -> list[date]:
        """The published days, in order."""
        return self.snapshot.days if self.snapshot else []

    @property
    def final_through(self) -> date | None:
        """The last published day that is final, as all before it are; None if there is none."""
        first = min(self.provisional, default=date.max)
        return max((day for day in self.days if day < first), default=None)


class TableStates:
    """Finds the state of the tables of one lake at one moment."""

    def __init__(self, outlines: Outlines, lake: Lake, settings: Settings) -> None:
        self.staleness = Staleness(outlines, lake, settings)
        self.finality = Finality(outlines, lake, self.staleness.snapshot)
        self._outlines, self._lake, self._settings = outlines, lake, settings
        self._now = datetime.now(UTC)

    def of(self, table: Outline) -> TableState:
        """The state of one table; one that cannot be read has its trouble in it."""
        try:
            snapshot = self._lake.snapshot(table.spec)
            stale = self._stale(table, snapshot)
            provisional = self.finality.provisional(table, snapshot.days)
            closed = self._closed_through(table, snapshot.days)
        except LedgerlakeError as error:
            return TableState(table, None, trouble=(error.message, error.next_step))
        due, missing = self._deadlines(table, snapshot)
        return TableState(table, snapshot, stale, missing, provisional, closed, due)

    def not_in_the_code(self) -> list[TableSpec]:
        """Tables of the lake that no module declares any more."""
        return [
            TableSpec(namespace, name, "", ())
            for namespace, name in self._lake.tables()
            if not self._outlines.is_declared(name)
        ]

    def _closed_through(self, table: Outline, days: Sequence[date]) -> date | None:
        return (
            max(self.finality.books.closed(days), default=None) if table.closes_with_books else None
        )

    def _stale(self, table: Outline, snapshot: TableSnapshot) -> dict[Partition, str]:
        days = snapshot.days
        if not days:
            return self.staleness.stale(table, days) if snapshot.published else {}
        watched = Window.of_days(days[-1] - timedelta(days=WATCHED_DAYS - 1), days[-1])
        changed: dict[Partition, str] = {}
        if table.source:
            changed |= self.staleness.changed_deliveries(table)
        return changed | self.staleness.stale(table, [day for day in days if day in watched])

    def _deadlines(
        self, table: Outline, snapshot: TableSnapshot
    ) -> tuple[datetime | None, list[date]]:
        """The next deadline, and the days that missed theirs."""
        if table.freshness is None or not table.partition_column:
            return None, []
        settings = self._settings
        latest = table.freshness.latest_due(self._now, settings.zone)
        missing = table.freshness.missing_days(
            snapshot.published, settings.first_date, self._now, settings.zone
        )
        at = datetime.combine(latest + timedelta(days=2), table.freshness.at, settings.zone)
        return at, missing
