"""No maintenance takes a file from under what StarRocks still shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.names import TableName
from resources.starrocks.client.statements import current_snapshot, refresh_table
from resources.starrocks.refresh.refresh_ledger import Ledger
from resources.starrocks.refresh.status import may_delete
from tests.lake.builders import data_files, open_lake
from tests.starrocks.served_lake import SPEC, Serving, publish
from tests.starrocks_stand_in import StandIn

TABLE = TableName("ledgerlake", "fact", "dwd_order")
COUNT = f"SELECT COUNT(*) FROM {TABLE.sql}"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A lake whose maintenance is as hasty as can be."""
    lake = open_lake(tmp_path / "home", snapshots_kept=1, snapshot_hours=0, orphan_hours=0)
    publish(lake, 0, rows=2)
    with StandIn.start(lake.settings) as stand_in, StarRocks(stand_in.settings) as client:
        yield Serving(lake, stand_in, stand_in.settings, client)


def test_files_go_once_starrocks_is_past_the_snapshots_that_used_them(serving: Serving) -> None:
    guard = may_delete(serving.settings)
    assert serving.client.run(COUNT) == [(2,)]
    for rows in (3, 4):
        publish(serving.lake, 0, rows=rows)
        # Never verified, and then verified at what is no longer kept.
        assert serving.lake.maintain(SPEC, may_delete=guard).is_held
        verify(serving)
    assert serving.client.run(COUNT) == [(2,)]

    serving.client.run(refresh_table(TABLE))
    assert serving.lake.maintain(SPEC, may_delete=guard).files_deleted == 0
    verify(serving)
    assert serving.lake.maintain(SPEC, may_delete=guard).files_deleted > 0
    assert len(data_files(serving.lake, SPEC)) == 1
    assert serving.client.run(COUNT) == [(4,)]


def test_without_starrocks_nobody_is_asked(serving: Serving) -> None:
    publish(serving.lake, 0, rows=3)
    guard = may_delete(serving.lake.settings)
    assert guard is None
    assert serving.lake.maintain(SPEC, may_delete=guard).files_deleted > 0


def verify(serving: Serving) -> None:
    """Enter what StarRocks shows."""
    [(snapshot,)] = serving.client.run(current_snapshot(TABLE))
    ledger = Ledger(serving.settings)
    ledger.want([TABLE])
    ledger.verified(TABLE, int(snapshot), None)
