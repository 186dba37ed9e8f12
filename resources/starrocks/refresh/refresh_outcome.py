"""What became of refreshing one table, and what an error says of the table's state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

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
    """What became of one table.

    Attributes:
        snapshot: The one that StarRocks was seen to show, or shows as far as is known.
        seconds_behind: From the snapshot's commit until it was seen to be shown; None where it
            was known to be shown before.
        work_seconds: What refreshing and looking took, waiting for others not included.
        problem: Why it is not as it should be; None: it is.
        after: Warm-up and view, if the table has them.
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
    """StarRocks answered OK and shows something else than what is published."""

    retry = Retry.YES


def told(name: TableName, error: Exception) -> LedgerlakeError:
    """The error as one that people can act on."""
    if isinstance(error, LedgerlakeError):
        return error
    return LedgerlakeError(
        f"{name} could not be refreshed: {type(error).__name__}: {error}",
        "It is tried again by itself; if it stays, see the log of the run.",
    )


def state_of(error: LedgerlakeError) -> State:
    """What a table is in after this error."""
    if isinstance(error, Unreachable | OutcomeUnknown):
        return State.UNREACHABLE
    if isinstance(error, StarRocksError) and error.retry is Retry.NO:
        return State.REFUSED
    # Also where the lake could not be read: then nobody knows better.
    return State.STALE


def seconds_behind(table: Table, before: int | None, shown: int) -> float | None:
    """Since the first snapshot that was not shown before; by the clock of who committed it.

    Of what StarRocks was never seen to show, or what expired, the snapshot shown now counts.
    """
    log = [(entry.snapshot_id, entry.timestamp_ms) for entry in table.metadata.snapshot_log]
    ids = [snapshot for snapshot, _ in log]
    if before in ids[:-1]:
        committed_ms = log[ids.index(before) + 1][1]
    elif (snapshot := table.snapshot_by_id(shown)) is not None:
        committed_ms = snapshot.timestamp_ms
    else:
        return None
    return max(0.0, datetime.now(UTC).timestamp() - committed_ms / 1000)
