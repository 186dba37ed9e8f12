"""The ledger: which tables are to be refreshed, and what StarRocks was seen to show of each.

What is wanted is counted, and met only once a table was verified at the lake's newest snapshot. So
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
    delete,
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
from resources.settings import Settings
from resources.starrocks.after_refresh import has_steps
from resources.starrocks.client import StatementRecord
from resources.starrocks.errors import Retry, StarRocksError
from resources.starrocks.ledger_tables import REFRESHES, STATEMENTS, ledger_engine
from resources.starrocks.names import TableName
from resources.starrocks.served_table import ServedTable

# A run that was requested and is never heard of again: its tables are then requested anew.
LEASE = timedelta(seconds=120)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)
# What only a person can mend is tried again all the same: nobody has to tell that it is mended.
_HOPELESS_WAIT = timedelta(minutes=10)
_STATEMENTS_KEPT = timedelta(days=30)
_NAME = ("catalog_name", "table_namespace", "table_name")


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

    def is_due(self, now: datetime) -> bool:
        """Whether it is wanted, and not to be waited for."""
        return self.wanted > self.met and (
            self.next_attempt_at is None or self.next_attempt_at <= now
        )


class Ledger:
    """The ledger of one lake's catalog. Any number of processes may use it at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = ledger_engine(settings)
        self._catalog = settings.catalog_name

    def want(self, tables: Iterable[TableName]) -> None:
        """Have each of these tables refreshed: something was published, or is not shown."""
        now = _now()
        columns = REFRESHES.c
        # What failed of a verified table is its warm-up or view: news of it does not wait for that.
        is_refreshed = and_(columns.state == State.VERIFIED, columns.attempts > 0)
        for table in sorted(set(tables)):
            wanted = {
                "wanted": columns.wanted + 1,
                "wanted_since": func.coalesce(columns.wanted_since, now),
                "next_attempt_at": case((is_refreshed, null()), else_=columns.next_attempt_at),
            }
            if self._update(table, wanted):
                continue
            row = {**_named(table), "wanted": 1, "met": 0, "wanted_since": now}
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
        """A run is still at these: none of them is due again before the lease ends."""
        these = or_(false(), *map(_is, tables))
        is_wanted = REFRESHES.c.wanted > REFRESHES.c.met
        until = update(REFRESHES).where(these, is_wanted).values(next_attempt_at=_now() + lease)
        with self._engine.begin() as connection:
            connection.execute(until)

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

    def done(self, seen: Entry, followed_snapshot: int | None) -> None:
        """All that was wanted when `seen` was read is done with; what came since is due at once."""
        met = {
            "met": seen.wanted,
            "followed_snapshot": followed_snapshot,
            "next_attempt_at": None,
            "attempts": 0,
            "last_error": None,
        }
        self._update(seen.table, met, REFRESHES.c.met < seen.wanted)
        self._update(seen.table, {"wanted_since": None}, REFRESHES.c.wanted == REFRESHES.c.met)

    def failed(self, table: TableName, error: LedgerlakeError | None, state: State | None) -> None:
        """An attempt has failed; the next waits longer. `state` None: the table stays verified."""
        entry = self.entry(table)
        wait = min(_FIRST_WAIT * 2 ** min(entry.attempts, 16), _LONGEST_WAIT)
        if isinstance(error, StarRocksError) and error.retry is Retry.NO:
            wait = _HOPELESS_WAIT
        values: dict[str, object] = {
            "attempts": entry.attempts + 1,
            "next_attempt_at": _now() + wait,
            "last_error": None if error is None else str(error),
        }
        if state is not None:
            values["state"] = state
        # What another run has verified meanwhile has not failed.
        self._update(table, values, REFRESHES.c.wanted > REFRESHES.c.met)

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

    def record(self, sent: StatementRecord, table: TableName | None, run_id: str | None) -> int:
        """Remember a statement that is about to be sent about a table, or about none; its number.

        What became of it is added by `answered`; it stays unanswered if the process dies first.
        """
        of_table = _named(table) if table else {"catalog_name": self._catalog}
        facts = {"sent_at": sent.sent_at, "front_end": sent.front_end, "seconds": sent.seconds}
        texts = {"statement": sent.statement, "error": sent.error, "run_id": run_id}
        row = insert(STATEMENTS).values(**of_table, **facts, **texts)
        with self._engine.begin() as connection:
            return connection.execute(row.returning(STATEMENTS.c.id)).scalar_one()

    def answered(self, number: int, sent: StatementRecord) -> None:
        """Add what became of a recorded statement."""
        answer = {"seconds": sent.seconds, "error": sent.error}
        with self._engine.begin() as connection:
            connection.execute(update(STATEMENTS).where(STATEMENTS.c.id == number).values(**answer))

    def statements(self, table: TableName | None = None) -> list[StatementRecord]:
        """The statements of the last 30 days, oldest first; those about one table."""
        columns = STATEMENTS.c
        query = select(STATEMENTS).where(columns.catalog_name == self._catalog)
        if table is not None:
            query = query.where(columns.table_namespace == table.database)
            query = query.where(columns.table_name == table.name)
        with self._engine.connect() as connection:
            return [
                StatementRecord(
                    _utc(row.sent_at) or row.sent_at,
                    row.statement,
                    row.front_end,
                    row.seconds,
                    row.error,
                )
                for row in connection.execute(query.order_by(columns.id))
            ]

    def forget_old_statements(self) -> None:
        """Delete statements older than 30 days."""
        oldest = _now() - _STATEMENTS_KEPT
        with self._engine.begin() as connection:
            connection.execute(delete(STATEMENTS).where(STATEMENTS.c.sent_at < oldest))

    def _update(
        self, table: TableName, values: Mapping[str, object], condition: Any = None
    ) -> bool:
        where = _is(table) if condition is None else and_(_is(table), condition)
        with self._engine.begin() as connection:
            return connection.execute(update(REFRESHES).where(where).values(**values)).rowcount > 0


def _named(table: TableName) -> dict[str, str]:
    return dict(zip(_NAME, (table.catalog, table.database, table.name), strict=True))


def _is(table: TableName) -> ColumnElement[bool]:
    return and_(*(REFRESHES.c[name] == value for name, value in _named(table).items()))


def _entry(row: RowMapping) -> Entry:
    facts: dict[str, Any] = {str(name): value for name, value in row.items()}
    table = TableName(*(facts.pop(column) for column in _NAME))
    for name, value in facts.items():
        if isinstance(value, datetime):
            facts[name] = _utc(value)
    facts["state"] = facts["state"] and State(facts["state"])
    return Entry(table, **facts)


def _now() -> datetime:
    return datetime.now(UTC)


def _utc(time: datetime | None) -> datetime | None:
    """SQLite gives back what is UTC without saying so."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
