"""The status tells whether StarRocks shows what is published, and since when it does not."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import RefreshIncomplete
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import refresh_table
from resources.starrocks.refresh.refresh_ledger import Ledger, State
from resources.starrocks.refresh.status import TableStatus, statuses
from tests.lake.builders import CITIES, FIRST, ORDERS, SECOND, open_lake, order_rows, publish_orders
from tests.starrocks.commands import invoke_ledgerlake, invoke_starrocks
from tests.starrocks_stand_in import StandIn

TABLE = TableName("ledgerlake", ORDERS.namespace, ORDERS.name)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Orders of a day; no cities."""
    lake = open_lake(tmp_path / "home")
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    return lake


@pytest.fixture
def stand_in(lake: Lake) -> Generator[StandIn]:
    """StarRocks, set up over the lake."""
    with StandIn.start(lake.settings) as stand_in:
        yield stand_in


def status(stand_in: StandIn) -> TableStatus:
    """Of the orders."""
    (found,) = statuses(stand_in.settings, [ORDERS])
    return found


def test_a_table_is_verified_stale_after_a_publish_and_verified_when_refreshed(
    lake: Lake, stand_in: StandIn
) -> None:
    first = status(stand_in)
    assert (first.state, first.lag_seconds) == (State.VERIFIED, 0.0)
    assert first.shown_snapshot == first.lake_snapshot == lake.snapshot(ORDERS).snapshot_id
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    ledger = Ledger(stand_in.settings)
    ledger.want([TABLE])
    ledger.failed(TABLE, RefreshIncomplete("the last refresh failed"), State.STALE)
    stale = status(stand_in)
    assert stale.state is State.STALE
    assert stale.shown_snapshot == first.lake_snapshot != stale.lake_snapshot
    assert stale.lag_seconds is not None and 0 < stale.lag_seconds < 60
    assert stale.error == "the last refresh failed"
    assert not stale.is_well
    with StarRocks(stand_in.settings) as client:
        client.run(refresh_table(TABLE))
    assert status(stand_in).is_well


def test_the_lag_counts_from_the_first_snapshot_that_is_not_shown(
    lake: Lake, stand_in: StandIn
) -> None:
    shown = status(stand_in).lake_snapshot
    for day in (SECOND, FIRST):
        publish_orders(lake, day, order_rows(day, 2))
    table = lake.snapshot(ORDERS).table
    assert table is not None
    ids: list[int | None] = [entry.snapshot_id for entry in table.metadata.snapshot_log]
    times = [entry.timestamp_ms for entry in table.metadata.snapshot_log]
    behind = status(stand_in)
    latest = times[-1] / 1000
    first_unseen = times[ids.index(shown) + 1] / 1000
    assert behind.lag_seconds is not None
    assert behind.lag_seconds >= latest - first_unseen > 0


def test_a_dead_starrocks_is_asked_once_and_what_was_verified_is_remembered(
    lake: Lake, stand_in: StandIn
) -> None:
    head = lake.snapshot(ORDERS).snapshot_id
    assert head is not None
    ledger = Ledger(stand_in.settings)
    ledger.want([TABLE])
    ledger.verified(TABLE, head, None)
    stand_in.stop()
    found = statuses(stand_in.settings, [ORDERS, CITIES, ORDERS])
    assert [each.state for each in found] == [
        State.UNREACHABLE,
        None,
        State.UNREACHABLE,
    ]
    assert found[0].lag_seconds == 0.0
    assert "127.0.0.1" in str(found[0].error)
    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    behind = status(stand_in).lag_seconds
    assert behind is not None and behind > 0


def test_a_table_that_is_denied_holds_back_no_other(stand_in: StandIn) -> None:
    stand_in.faults.fail(5203, "Access denied; you need SELECT", times=1, matching=r"\$refs")
    denied, well = statuses(stand_in.settings, [ORDERS, ORDERS])
    assert (denied.state, well.state) == (State.REFUSED, State.VERIFIED)
    assert "Access denied" in str(denied.error)


def test_the_command_ends_with_1_unless_all_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = open_lake(tmp_path / "home")
    with StandIn.start(lake.settings) as stand_in:
        made = invoke_ledgerlake(stand_in.settings, monkeypatch, "materialize", "dim_date")
        assert made.exit_code == 0, made.output
        up = invoke_starrocks(stand_in.settings, monkeypatch, "status")
        assert (up.exit_code, "not published" in up.stdout) == (0, True)
        stand_in.stop()
        down = invoke_starrocks(stand_in.settings, monkeypatch, "status")
        assert (down.exit_code, "unreachable" in down.stdout) == (1, True)
