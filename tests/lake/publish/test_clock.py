"""A clock that is set back, or wrong for a while: the table's times never run backwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.settings import Settings
from tests.lake.builders import FIRST, ORDERS, open_lake, order_rows, publish_orders, read

DAY = 86_400

SetClock = Callable[[float], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetClock]:
    """Sets the clock that metadata is written by, seconds from the right one."""
    real = time.time
    off = 0.0

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.fromtimestamp(real() + off, tz or UTC)  # type: ignore[arg-type]

    def set_to(seconds: float) -> None:
        nonlocal off
        off = seconds

    monkeypatch.setattr(time, "time", lambda: real() + off)
    monkeypatch.setattr("pyiceberg.table.update.datetime", Clock)
    yield set_to


def test_a_clock_that_steps_leaves_every_log_in_order(
    tmp_path: Path, set_clock: SetClock, expire_every: int
):
    lake = open_lake(tmp_path / "home", snapshots_kept=3)
    for number, days in enumerate((0, -10, 10, -10, 0, 0, *[-1] * (expire_every + 1)), start=1):
        set_clock(days * DAY)
        publish_orders(lake, FIRST, order_rows(FIRST, number))
        check_order(lake)
    set_clock(-20 * DAY)
    lake.maintain(ORDERS)
    check_order(lake)
    history = [each.committed_at for each in lake.history(ORDERS)]
    assert len(history) == 3
    assert history == sorted(history, reverse=True)
    assert read(lake) == order_rows(FIRST, 10)


def test_logs_that_a_wrong_clock_left_are_mended_by_the_next_publish(
    lake: Lake, set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
):
    """As a lake has them that an earlier version wrote."""
    with monkeypatch.context() as before:
        before.setattr("resources.lake.catalog.sql_catalog.in_order", lambda metadata: metadata)
        before.setattr(
            "resources.lake.write.overwrite_snapshot.next_moment", lambda _: int(time.time() * 1000)
        )
        for days in (10, -10):
            set_clock(days * DAY)
            publish_orders(lake, FIRST, order_rows(FIRST, 2))
        with pytest.raises(AssertionError):
            check_order(lake)
    set_clock(0)
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    check_order(lake)


def check_order(lake: Lake) -> None:
    """What Iceberg's Java asserts when it parses the metadata, without its minute of grace."""
    fresh = Lake(Settings(**lake.settings.model_dump()))
    table = fresh.snapshot(ORDERS).table
    assert table is not None
    metadata = table.metadata
    snapshots = [log.timestamp_ms for log in metadata.snapshot_log]
    files = [log.timestamp_ms for log in metadata.metadata_log]
    assert snapshots == sorted(snapshots) and files == sorted(files)
    assert metadata.last_updated_ms >= max([*snapshots, *files])
