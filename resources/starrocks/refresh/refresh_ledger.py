"""The ledger: which tables are to be refreshed, and what StarRocks was seen to show of each.

What is wanted is counted, and met only once a table was verified at the lake's latest snapshot. So
a publish that comes while its table is being refreshed is not lost, and neither is one whose
refresh failed, whoever died in between.
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

# A run that was requested and is never heard of again: its tables are then requested anew.
LEASE = timedelta(seconds=120)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)
# What only a person can mend is tried again all the same: nobody has to tell that it is mended.
_HOPELESS_WAIT = timedelta(minutes=10)
_IS_OPEN = or_(
    REFRESHES.c.wanted > REFRESHES.c.met,
    REFRESHES.c.verified_snapshot.is_distinct_from(REFRESHES.c.followed_snapshot),
)


class State(StrEnum):
    """What is known of a table. REFRESHED: StarRocks said OK, and was not asked what it shows."""

    REFRESHED = "refreshed"
    VERIFIED = "verified"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """One served table. Times are in UTC.

    Attributes:
        wanted: How often a refresh was wanted so far; `met` of them are done with.
        wanted_since: The first want that is not met.
        requests: How often a run was requested for it.
        next_attempt_at: Not before; None: at once.
        attempts: Failures since it was last verified.
        verified_snapshot: What StarRocks was last seen to show.
        seconds_behind: From the snapshot's commit until it was seen, when it was last verified.
        followed_snapshot: The snapshot up to which warm-up and view are done.
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
        """Whether this snapshot was seen, and all is done that follows; None: there is nothing."""
        followed = self.followed_snapshot if has_steps(served) else published
        return published is None or published == self.verified_snapshot == followed

    @property
    def is_open(self) -> bool:
        """Whether it is to be refreshed, or is verified and its warm-up and view are not done."""
        return self.wanted > self.met or self.verified_snapshot != self.followed_snapshot

    def is_due(self, now: datetime) -> bool:
        """Whether there is something to do, and nothing to wait for."""
        return self.is_open and (self.next_attempt_at is None or self.next_attempt_at <= now)


class Ledger(StatementLog):
    """The ledger of one lake's catalog. Any number of processes may use it at once."""

    def want(self, tables: Iterable[TableName]) -> None:
        """Have each of these tables refreshed: something was published, or is not shown."""
        now = _now()
        columns = REFRESHES.c
        # It is its warm-up or view that is waited for: news does not wait for those.
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
        """Those of the tables that are due, taken for a run that is about to be requested.

        If they are not heard of again, they are due again after a while.
        """
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
        """A run is about to take these: none of them is due again before the lease ends."""
        self._keep(tables, _IS_OPEN, lease)

    def keep_steps(self, tables: Iterable[TableName], lease: timedelta) -> None:
        """The same for the warm-ups and views of verified tables; what is wanted anew is due."""
        self._keep(tables, REFRESHES.c.wanted == REFRESHES.c.met, lease)

    def refreshed(self, table: TableName, snapshot: int) -> None:
        """StarRocks answered OK to the refresh, when the lake was at this snapshot."""
        now = _now()
        state = {"state": State.REFRESHED, "refreshed_snapshot": snapshot, "refreshed_at": now}
        self._update(table, state)

    def verified(self, table: TableName, snapshot: int, seconds_behind: float | None) -> None:
        """StarRocks was seen to show this snapshot, so many seconds after it was committed."""
        values: dict[str, object] = {
            "state": State.VERIFIED,
            "verified_snapshot": snapshot,
            "verified_at": _now(),
        }
        if seconds_behind is not None:
            values["seconds_behind"] = seconds_behind
        self._update(table, values)

    def done(self, seen: Entry, has_more: bool = False) -> None:
        """All that was wanted when `seen` was read is verified; what came since is due at once.

        `has_more`: the run that says so is about to warm up the table, or to refresh its view.
        """
        is_last = REFRESHES.c.wanted == seen.wanted
        lease = case((is_last, _now() + LEASE), else_=null()) if has_more else None
        met = {"met": seen.wanted, "next_attempt_at": lease, "attempts": 0, "last_error": None}
        self._update(seen.table, met, REFRESHES.c.met < seen.wanted)
        self._update(seen.table, {"wanted_since": None}, REFRESHES.c.wanted == REFRESHES.c.met)

    def followed(self, table: TableName, snapshot: int | None = None) -> None:
        """Warm-up and view are as of this snapshot; None: there are none of them to be done."""
        followed = REFRESHES.c.verified_snapshot if snapshot is None else snapshot
        self._update(table, {"followed_snapshot": followed})
        well = {"next_attempt_at": None, "attempts": 0, "last_error": None}
        self._update(table, well, REFRESHES.c.wanted == REFRESHES.c.met)

    def failed(self, table: TableName, error: LedgerlakeError | None, state: State | None) -> None:
        """An attempt has failed; the next waits longer.

        `state` None: it was the warm-up or the view, and the table stays verified.
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
        # What another run has verified meanwhile has not failed, and news waits for no view.
        is_so = REFRESHES.c.wanted == REFRESHES.c.met
        if state is not None:
            values["state"] = state
            is_so = REFRESHES.c.wanted > REFRESHES.c.met
        self._update(table, values, is_so)

    def last_in_line(self, table: TableName) -> None:
        """Of a table that has just failed: wait twice as long as the others of its run."""
        now, entry = _now(), self.entry(table)
        if entry.next_attempt_at is not None and entry.next_attempt_at > now:
            later = entry.next_attempt_at + (entry.next_attempt_at - now)
            self._update(table, {"next_attempt_at": later})

    def entry(self, table: TableName) -> Entry:
        """What is known of the table; an empty entry if nothing is."""
        with self._engine.connect() as connection:
            found = connection.execute(select(REFRESHES).where(_is(table))).mappings()
            row = found.one_or_none()
        return Entry(table) if row is None else _entry(row)

    def entries(self) -> dict[TableName, Entry]:
        """Everything, in the order of names."""
        query = (
            select(REFRESHES)
            .where(REFRESHES.c.catalog_name == self._catalog)
            .order_by(REFRESHES.c.table_namespace, REFRESHES.c.table_name)
        )
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
