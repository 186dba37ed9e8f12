"""The refresh ledger: which tables are to be refreshed, and what StarRocks was verified to show.

Wanted refreshes are counted, and met only once the table was verified at the lake's latest
snapshot. So a publish during a refresh is not lost, nor one whose refresh failed or was killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    case,
    false,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from resources.errors import LedgerlakeError
from resources.starrocks.client.errors import Retry, StarRocksError
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.ledger_schema import (
    NAME,
    REFRESHES,
    StatementLog,
    named,
    utc,
)
from resources.starrocks.refresh.post_refresh import has_steps
from resources.starrocks.views.served_table import ServedTable

# The tables of a run that was requested and never reports are then requested again.
LEASE = timedelta(seconds=120)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)
# An error that only a person can fix is retried too, so that nobody has to report the fix.
_HOPELESS_WAIT = timedelta(minutes=10)
_IS_OPEN = or_(
    REFRESHES.c.wanted > REFRESHES.c.met,
    REFRESHES.c.verified_snapshot.is_distinct_from(REFRESHES.c.followed_snapshot),
)


class State(StrEnum):
    """The state of a table. REFRESHED: StarRocks answered OK, and is not verified yet."""

    REFRESHED = "refreshed"
    VERIFIED = "verified"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """One served table. Times are in UTC.

    Attributes:
        wanted: How many refreshes were wanted so far; `met` of them are done.
        wanted_since: When the first one was wanted that is not met.
        requests: How many runs were requested for it.
        next_attempt_at: The end of its lease, or of the wait after a failure; None: at once.
        attempts: Failures since it was last verified.
        seconds_behind: From the verified snapshot's commit until it was verified.
        followed_snapshot: The snapshot up to which warm-up and view are complete.
    """

    table: TableName
    wanted: int = 0
    met: int = 0
    wanted_since: datetime | None = None
    requests: int = 0
    next_attempt_at: datetime | None = None
    attempts: int = 0
    state: State | None = None
    refreshed_snapshot: int | None = None
    refreshed_at: datetime | None = None
    verified_snapshot: int | None = None
    verified_at: datetime | None = None
    seconds_behind: float | None = None
    followed_snapshot: int | None = None
    last_error: str | None = None

    def shows(self, published: int | None, served: ServedTable) -> bool:
        """Whether this snapshot is verified and its steps are complete; None: nothing to show."""
        followed = self.followed_snapshot if has_steps(served) else published
        return published is None or published == self.verified_snapshot == followed

    @property
    def is_open(self) -> bool:
        """Whether a refresh is wanted, or the steps after the last one are not complete."""
        return self.wanted > self.met or self.verified_snapshot != self.followed_snapshot

    def is_due(self, now: datetime) -> bool:
        """Whether it is open, and no lease or wait is left."""
        return self.is_open and (self.next_attempt_at is None or self.next_attempt_at <= now)


class Ledger(StatementLog):
    """The ledger of one lake's catalog; safe for several processes."""

    def want(self, tables: Iterable[TableName]) -> None:
        """Want a refresh of each of these tables."""
        now = _now()
        columns = REFRESHES.c
        # Then the wait is for its warm-up or view, and a new publish does not wait for those.
        is_met = columns.wanted == columns.met
        for table in sorted(set(tables)):
            wanted = {
                "wanted": columns.wanted + 1,
                "wanted_since": func.coalesce(columns.wanted_since, now),
                "next_attempt_at": case((is_met, null()), else_=columns.next_attempt_at),
            }
            if self._update(table, wanted):
                continue
            row = {**named(table), "wanted": 1, "met": 0, "wanted_since": now}
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(REFRESHES).values(**row, requests=0, attempts=0))
            except IntegrityError:
                # Another process was first.
                self._update(table, wanted)

    def request(self, tables: Set[TableName]) -> list[Entry]:
        """Lease those of the tables that are due, for a run that is about to be requested."""
        now = _now()
        taken: list[Entry] = []
        for entry in self.entries().values():
            if entry.table not in tables or not entry.is_due(now):
                continue
            lease = {"next_attempt_at": now + LEASE, "requests": entry.requests + 1}
            # Of two daemons one takes it.
            if self._update(entry.table, lease, REFRESHES.c.requests == entry.requests):
                taken.append(entry)
        return taken

    def keep(self, tables: Iterable[TableName], lease: timedelta = LEASE) -> None:
        """Renew the leases of tables that a run has not refreshed yet."""
        self._keep(tables, _IS_OPEN, lease)

    def keep_steps(self, tables: Iterable[TableName], lease: timedelta) -> None:
        """Renew the leases of verified tables with open steps; one that is wanted again is due."""
        self._keep(tables, REFRESHES.c.wanted == REFRESHES.c.met, lease)

    def refreshed(self, table: TableName, snapshot: int) -> None:
        """Record that StarRocks answered OK when the lake was at this snapshot."""
        values = {"refreshed_snapshot": snapshot, "refreshed_at": _now()}
        self._update(table, {"state": State.REFRESHED, **values})

    def verified(self, table: TableName, snapshot: int, seconds_behind: float | None) -> None:
        """Record that StarRocks shows this snapshot, so many seconds after its commit."""
        values = {"verified_snapshot": snapshot, "verified_at": _now()}
        lag = {} if seconds_behind is None else {"seconds_behind": seconds_behind}
        self._update(table, {"state": State.VERIFIED, **values, **lag})

    def done(self, seen: Entry, has_more: bool = False) -> None:
        """Meet all that was wanted when `seen` was read; what came since is due at once.

        `has_more`: the same run is about to take the table's steps, and keeps the lease for them.
        """
        is_last = REFRESHES.c.wanted == seen.wanted
        lease = case((is_last, _now() + LEASE), else_=null()) if has_more else None
        met = {"met": seen.wanted, "next_attempt_at": lease, "attempts": 0, "last_error": None}
        self._update(seen.table, met, REFRESHES.c.met < seen.wanted)
        self._update(seen.table, {"wanted_since": None}, REFRESHES.c.wanted == REFRESHES.c.met)

    def followed(self, table: TableName, snapshot: int | None = None) -> None:
        """Record that the steps are complete up to this snapshot; None: the table has none."""
        followed = REFRESHES.c.verified_snapshot if snapshot is None else snapshot
        self._update(table, {"followed_snapshot": followed})
        well = {"next_attempt_at": None, "attempts": 0, "last_error": None}
        self._update(table, well, REFRESHES.c.wanted == REFRESHES.c.met)

    def failed(self, table: TableName, error: LedgerlakeError | None, state: State | None) -> None:
        """Record a failure; the next attempt waits longer.

        `state` None: the warm-up or the view failed, and the table stays verified.
        """
        entry = self.entry(table)
        wait = min(_FIRST_WAIT * 2 ** min(entry.attempts, 16), _LONGEST_WAIT)
        if isinstance(error, StarRocksError) and error.retry is Retry.NO:
            wait = _HOPELESS_WAIT
        values: dict[str, object] = {
            "attempts": entry.attempts + 1,
            "next_attempt_at": _now() + wait,
            "last_error": None if error is None else str(error),
        }
        # Another run may have verified it meanwhile, and a new publish waits for no view.
        is_so = REFRESHES.c.wanted == REFRESHES.c.met
        if state is not None:
            values["state"] = state
            is_so = REFRESHES.c.wanted > REFRESHES.c.met
        self._update(table, values, is_so)

    def last_in_line(self, table: TableName) -> None:
        """Double the wait of a table that has just failed, so that the others come first."""
        now, entry = _now(), self.entry(table)
        if entry.next_attempt_at is not None and entry.next_attempt_at > now:
            later = entry.next_attempt_at + (entry.next_attempt_at - now)
            self._update(table, {"next_attempt_at": later})

    def entry(self, table: TableName) -> Entry:
        """The table's entry; an empty one if there is none."""
        with self._engine.connect() as connection:
            found = connection.execute(select(REFRESHES).where(_is(table))).mappings()
            row = found.one_or_none()
        return Entry(table) if row is None else _entry(row)

    def entries(self) -> dict[TableName, Entry]:
        """Every entry, by table, in the order of names."""
        of_catalog = select(REFRESHES).where(REFRESHES.c.catalog_name == self._catalog)
        query = of_catalog.order_by(REFRESHES.c.table_namespace, REFRESHES.c.table_name)
        with self._engine.connect() as connection:
            found = [_entry(row) for row in connection.execute(query).mappings()]
        return {entry.table: entry for entry in found}

    def _keep(
        self, tables: Iterable[TableName], condition: ColumnElement[bool], lease: timedelta
    ) -> None:
        these = or_(false(), *map(_is, tables))
        until = update(REFRESHES).where(these, condition).values(next_attempt_at=_now() + lease)
        with self._engine.begin() as connection:
            connection.execute(until)

    def _update(
        self, table: TableName, values: Mapping[str, object], condition: Any = None
    ) -> bool:
        where = _is(table) if condition is None else and_(_is(table), condition)
        with self._engine.begin() as connection:
            return connection.execute(update(REFRESHES).where(where).values(**values)).rowcount > 0


def _is(table: TableName) -> ColumnElement[bool]:
    return and_(*(REFRESHES.c[name] == value for name, value in named(table).items()))


def _entry(row: RowMapping) -> Entry:
    facts: dict[str, Any] = {str(name): value for name, value in row.items()}
    table = TableName(*(facts.pop(column) for column in NAME))
    for name, value in facts.items():
        if isinstance(value, datetime):
            facts[name] = utc(value)
    facts["state"] = facts["state"] and State(facts["state"])
    return Entry(table, **facts)


def _now() -> datetime:
    return datetime.now(UTC)
