"""What StarRocks shows: how far it is behind the lake, and which files it no longer needs."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from pyiceberg.table import Table

from resources.lake.catalog.catalog import load_table
from resources.lake.maintenance.maintenance import MayDelete
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import OutcomeUnknown, StarRocksError, Unreachable
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.refresh_ledger import Entry, Ledger, State
from resources.starrocks.refresh.refresh_outcome import committed_after, seconds_since
from resources.starrocks.refresh.verification import shown_snapshot


@dataclass(frozen=True)
class TableStatus:
    """One served table. `state` None: it is not published.

    `lag_seconds` is how long the lake has had a snapshot that StarRocks does not show; if it does
    not answer, that it was not verified to show.
    """

    table: TableName
    state: State | None = None
    lake_snapshot: int | None = None
    shown_snapshot: int | None = None
    lag_seconds: float | None = None
    error: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether StarRocks shows what is published."""
        return self.state in (State.VERIFIED, None)


def statuses(settings: Settings, specs: Iterable[TableSpec]) -> list[TableStatus]:
    """The status of each table, in order. A StarRocks that is down is asked once, not for each."""
    entries = Ledger(settings).entries()
    found: list[TableStatus] = []
    down: StarRocksError | None = None
    with StarRocks(settings) as client:
        for spec in specs:
            name = TableName.of(settings, spec)
            entry = entries.get(name, Entry(name))
            table = load_table(settings, spec)
            if table is None:
                found.append(TableStatus(name))
                continue
            status = _unasked(table, entry)
            if down is None:
                try:
                    status = _asked(client, status, table)
                except (Unreachable, OutcomeUnknown) as error:
                    down = error
                except StarRocksError as error:
                    status = replace(status, state=State.REFUSED, error=error.message)
            if down is not None:
                status = replace(status, error=entry.last_error or down.message)
            found.append(status)
    return found


def may_delete(settings: Settings) -> MayDelete | None:
    """Tells maintenance whether a served table's expired files may go; None without StarRocks.

    They may if the snapshot that StarRocks was last verified to show is kept: what it shows now is
    that one or a later one, and all later ones are kept.
    """
    if not settings.is_served:
        return None
    ledger = Ledger(settings)

    def asked(spec: TableSpec, kept: Set[int]) -> bool:
        table = TableName.of(settings, spec)
        return ledger.entry(table).verified_snapshot in kept

    return asked


def _unasked(table: Table, entry: Entry) -> TableStatus:
    """What the ledger and the lake know without StarRocks."""
    return TableStatus(
        entry.table,
        State.UNREACHABLE,
        lake_snapshot=table.metadata.current_snapshot_id,
        lag_seconds=_lag(table, entry.verified_snapshot),
        error=entry.last_error,
    )


def _asked(client: StarRocks, status: TableStatus, table: Table) -> TableStatus:
    shown = shown_snapshot(client, status.table)
    state = State.VERIFIED if shown == status.lake_snapshot else State.STALE
    return replace(status, state=state, shown_snapshot=shown, lag_seconds=_lag(table, shown))


def _lag(table: Table, shown: int | None) -> float:
    """Seconds since the first snapshot that is not shown; of expired ones nothing is known."""
    log = table.metadata.snapshot_log
    if shown == table.metadata.current_snapshot_id or not log:
        return 0.0
    return seconds_since(committed_after(table, shown) or log[0].timestamp_ms)
