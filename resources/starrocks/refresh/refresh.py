"""Refreshes served tables and verifies each; then warms up caches and refreshes views."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from resources.errors import LedgerlakeError, StorageError
from resources.lake.catalog.catalog import load_table
from resources.lake.catalog.locks.locks import locks_of
from resources.lake.read.changed_partitions import changed_since, is_since
from resources.lake.storage.storage_errors import storage_errors
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks, StatementRecord
from resources.starrocks.client.errors import (
    LakeUnreachable,
    OutcomeUnknown,
    StarRocksError,
    Unreachable,
)
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import refresh_table
from resources.starrocks.refresh.post_refresh import AfterRefresh, after_verified, has_steps
from resources.starrocks.refresh.refresh_ledger import LEASE, Entry, Ledger, State
from resources.starrocks.refresh.refresh_outcome import (
    Refreshed,
    Stale,
    as_ledgerlake_error,
    seconds_behind,
    state_of,
)
from resources.starrocks.refresh.verification import compare
from resources.starrocks.views.served_table import ServedTable

# Another run's refresh may read a large table's manifests first.
_LOCK_SECONDS = 900.0
_PING_SECONDS = 5.0
_RENEW_SECONDS = LEASE.total_seconds() / 4


class Refresher:
    """Refreshes the served tables of one lake; several may work at once, none repeats another's.

    `run_id` goes into the log of statements.
    """

    def __init__(self, settings: Settings, run_id: str | None = None) -> None:
        self._settings = settings
        self._run_id = run_id
        self._ledger = Ledger(settings)
        self._current_table: TableName | None = None
        self._sent: list[StatementRecord] = []
        self._number = 0
        self._renewed_at = float("-inf")
        self._waiting_tables: deque[ServedTable] = deque()
        self._client = StarRocks(settings, self._answered, before_statement=self._record)

    def refresh(self, tables: Iterable[ServedTable]) -> Iterator[Refreshed]:
        """Refresh and verify each table, then warm up and refresh views; yields as each is done.

        A table that fails stops no other. Once StarRocks is down, no further table is tried.
        """
        waiting: deque[Refreshed] = deque()
        down: StarRocksError | None = None
        self._waiting_tables = deque(tables)
        with self._client:
            while self._waiting_tables:
                self._renew()
                served = self._waiting_tables[0]
                entry, refreshed = self._verify(served, down)
                self._waiting_tables.popleft()
                if down is None and (down := self._outage(refreshed.problem)) is not None:
                    # Its refresh may be what crashes StarRocks: next time the others are first.
                    self._ledger.last_in_line(TableName.of(self._settings, served.spec))
                if refreshed.is_well:
                    self._ledger.done(entry, has_more=has_steps(served))
                    if has_steps(served):
                        waiting.append(refreshed)
                        continue
                    self._ledger.followed(entry.table)
                yield refreshed
            while waiting:
                self._renew_steps(waiting)
                followed = self._follow(waiting.popleft(), down)
                down = down or self._outage(followed.problem)
                yield followed

    def _verify(self, served: ServedTable, down: StarRocksError | None) -> tuple[Entry, Refreshed]:
        """Refresh the table if needed, one at a time: a catalog's refreshes only queue up."""
        name = TableName.of(self._settings, served.spec)
        self._current_table, self._sent = name, []
        entry = self._ledger.entry(name)
        began = time.monotonic()
        try:
            with locks_of(self._settings).acquire("starrocks.refresh", _LOCK_SECONDS):
                began = time.monotonic()
                try:
                    entry, is_certain = self._wanted(served, name)
                    with storage_errors(served.spec):
                        refreshed = self._refresh(served, name, entry, is_certain, down)
                except Exception as error:  # noqa: BLE001 - it must stop no other table
                    # Recorded before another run has the lock: what that one sees is newer.
                    refreshed = self._failed(served, name, error)
        except StorageError as error:
            refreshed = self._failed(served, name, error)
        seconds = time.monotonic() - began
        return entry, replace(refreshed, work_seconds=seconds, statements=tuple(self._sent))

    def _failed(self, served: ServedTable, name: TableName, error: Exception) -> Refreshed:
        problem = as_ledgerlake_error(name, error)
        failed = Refreshed(served, state_of(problem), problem=problem)
        self._ledger.failed(name, problem, failed.state)
        return failed

    def _wanted(self, served: ServedTable, name: TableName) -> tuple[Entry, bool]:
        """The table's entry, and whether its verified snapshot can be trusted.

        It is read before the table: this refresh does not meet what is wanted later. If nothing
        is wanted the run was started by hand, and StarRocks is asked what it shows.
        """
        entry = self._ledger.entry(name)
        if entry.is_open:
            return entry, entry.state is State.VERIFIED
        with storage_errors(served.spec):
            table = load_table(self._settings, served.spec)
        if table is None:
            return entry, True
        self._ledger.want([name])
        return self._ledger.entry(name), False

    def _refresh(
        self,
        served: ServedTable,
        name: TableName,
        entry: Entry,
        is_certain: bool,
        down: StarRocksError | None,
    ) -> Refreshed:
        table = load_table(self._settings, served.spec)
        published = None if table is None else table.metadata.current_snapshot_id
        is_known = published == entry.verified_snapshot
        if table is None or published is None or (is_known and is_certain):
            # Another run has verified it meanwhile, or nothing is published.
            return Refreshed(served, State.VERIFIED, published)
        if down is not None:
            raise down
        if is_known and compare(self._client, name, served.spec, table, None).difference is None:
            self._ledger.verified(name, published, None)
            return Refreshed(served, State.VERIFIED, published)
        self._client.run(refresh_table(name))
        self._ledger.refreshed(name, published)
        changed = changed_since(table, entry.verified_snapshot)
        shown = compare(self._client, name, served.spec, table, changed)
        if shown.difference is not None:
            # Somebody may have published since the lake was read.
            table = load_table(self._settings, served.spec) or table
            if shown.snapshot is not None and is_since(table, shown.snapshot, published):
                shown = replace(shown, difference=None)
            elif shown.by_rows:
                changed = changed_since(table, entry.verified_snapshot)
                shown = compare(self._client, name, served.spec, table, changed)
        if shown.difference is not None or shown.snapshot is None:
            raise Stale(
                f"{name} was refreshed, and is not shown as published: {shown.difference}",
                "It is refreshed again by itself; if it stays, see the log of the front ends.",
            )
        behind = seconds_behind(table, entry.verified_snapshot, shown.snapshot)
        self._ledger.verified(name, shown.snapshot, behind)
        return Refreshed(served, State.VERIFIED, shown.snapshot, behind)

    def _follow(self, refreshed: Refreshed, down: StarRocksError | None) -> Refreshed:
        """Warm up and refresh the view of a verified table, when no other run is at it."""
        served = refreshed.served
        name = TableName.of(self._settings, served.spec)
        self._current_table, self._sent = name, []
        after, problem = AfterRefresh(), None
        try:
            with locks_of(self._settings).acquire(f"starrocks.{served.name}", _LOCK_SECONDS):
                after = self._take_steps(served, name, down)
        except Exception as error:  # noqa: BLE001 - it must stop no other table
            problem = as_ledgerlake_error(name, error)
        problem = problem or next((step.error for step in after.steps if step.error), None)
        if problem is not None:
            self._ledger.failed(name, problem, None)
        statements = (*refreshed.statements, *self._sent)
        return replace(refreshed, statements=statements, problem=problem, after=after)

    def _take_steps(
        self, served: ServedTable, name: TableName, down: StarRocksError | None
    ) -> AfterRefresh:
        entry = self._ledger.entry(name)
        snapshot, after = entry.verified_snapshot, AfterRefresh()
        with storage_errors(served.spec):
            table = load_table(self._settings, served.spec)
        if table is not None and snapshot != entry.followed_snapshot:
            if down is not None:
                raise down
            changed = changed_since(table, entry.followed_snapshot)
            after = after_verified(self._client, self._settings, served, changed)
        if after.is_complete:
            self._ledger.followed(name, snapshot)
        return after

    def _renew(self) -> None:
        """Renew the leases of the tables that this run has not refreshed yet.

        Before each statement: its answer may take as long as the settings allow.
        """
        if self._waiting_tables and time.monotonic() - self._renewed_at >= _RENEW_SECONDS:
            answer = timedelta(seconds=self._settings.starrocks_answer_seconds)
            names = [TableName.of(self._settings, each.spec) for each in self._waiting_tables]
            self._ledger.keep(names, max(LEASE, LEASE / 2 + answer))
            self._renewed_at = time.monotonic()

    def _renew_steps(self, waiting: Iterable[Refreshed]) -> None:
        """Renew the leases of the tables whose warm-ups and views are still to be done."""
        longest = timedelta(seconds=2 * self._settings.starrocks_view_seconds)
        names = [TableName.of(self._settings, each.served.spec) for each in waiting]
        self._ledger.keep_steps(names, LEASE + longest)

    def _outage(self, problem: LedgerlakeError | None) -> StarRocksError | None:
        """The problem, if it is not this table's alone: StarRocks or the lake is unreachable."""
        if not isinstance(problem, Unreachable | OutcomeUnknown):
            return None
        if isinstance(problem, LakeUnreachable):
            # StarRocks itself answers, but would take minutes to fail for each table.
            return problem
        self._current_table = None
        seconds = min(_PING_SECONDS, self._settings.starrocks_answer_seconds)
        try:
            self._client.run("SELECT current_version()", answer_seconds=seconds)
        except StarRocksError:
            return problem
        return None

    def _record(self, sent: StatementRecord) -> None:
        self._renew()
        self._number = self._ledger.record(sent, self._current_table, self._run_id)

    def _answered(self, sent: StatementRecord) -> None:
        self._sent.append(sent)
        self._ledger.answered(self._number, sent)
