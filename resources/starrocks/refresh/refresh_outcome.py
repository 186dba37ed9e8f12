"""The outcome of refreshing one table: its state, its lag, and the error if it failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from pyiceberg.table import Table

from resources.errors import LedgerlakeError
from resources.starrocks.client.client import StatementRecord
from resources.starrocks.client.errors import OutcomeUnknown, Retry, StarRocksError, Unreachable
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.post_refresh import AfterRefresh
from resources.starrocks.refresh.refresh_ledger import State
from resources.starrocks.views.served_table import ServedTable


@dataclass(frozen=True)
class Refreshed:
    """The outcome for one table.

    Attributes:
        snapshot: The one that StarRocks was last verified to show.
        seconds_behind: From the snapshot's commit until it was verified; None if it was verified
            before.
        work_seconds: Of refreshing and verifying, without waiting for locks.
        problem: Why the refresh or a step after it failed; None: it did not.
    """

    served: ServedTable
    state: State
    snapshot: int | None = None
    seconds_behind: float | None = None
    work_seconds: float = 0.0
    statements: tuple[StatementRecord, ...] = ()
    problem: LedgerlakeError | None = None
    after: AfterRefresh = field(default_factory=AfterRefresh)

    @property
    def is_well(self) -> bool:
        """Whether StarRocks shows what is published."""
        return self.state is State.VERIFIED


class Stale(StarRocksError):
    """StarRocks answered OK, and does not show what is published."""

    retry = Retry.YES


def as_ledgerlake_error(name: TableName, error: Exception) -> LedgerlakeError:
    """The error itself, or one with a next step for what nobody foresaw."""
    if isinstance(error, LedgerlakeError):
        return error
    return LedgerlakeError(
        f"{name} could not be refreshed: {type(error).__name__}: {error}",
        "It is tried again by itself; if it stays, see the log of the run.",
    )


def state_of(error: LedgerlakeError) -> State:
    """The table's state after this error."""
    if isinstance(error, Unreachable | OutcomeUnknown):
        return State.UNREACHABLE
    if isinstance(error, StarRocksError) and error.retry is Retry.NO:
        return State.REFUSED
    # Also if the lake could not be read: nothing more is known then.
    return State.STALE


def seconds_behind(table: Table, before: int | None, shown: int) -> float | None:
    """Since the commit of the first snapshot after `before`, by the committing host's clock.

    If `before` was never shown or has expired, since the commit of the snapshot shown now.
    """
    snapshot = table.snapshot_by_id(shown)
    committed = committed_after(table, before) or (snapshot and snapshot.timestamp_ms)
    return None if committed is None else seconds_since(committed)


def committed_after(table: Table, snapshot_id: int | None) -> int | None:
    """When the snapshot after this one was committed, in ms since 1970; None: it is not known."""
    pairs = pairwise(table.metadata.snapshot_log)
    return next(
        (later.timestamp_ms for each, later in pairs if each.snapshot_id == snapshot_id), None
    )


def seconds_since(committed_ms: int) -> float:
    """The age of a commit; never negative, as clocks of hosts differ."""
    return max(0.0, datetime.now(UTC).timestamp() - committed_ms / 1000)
