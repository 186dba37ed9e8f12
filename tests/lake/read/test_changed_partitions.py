"""Which dates a table changed on since one of its snapshots, as its history tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as some

from resources.lake.catalog.catalog import load_table
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.lake.read.changed_partitions import changed_since, is_since
from tests.lake.builders import (
    CITIES,
    FIRST,
    ORDERS,
    open_lake,
    order_rows,
    publish_orders,
    publish_sql,
)

Days = tuple[int, int]


def window_of(days: Days) -> Window:
    """From the first, so many."""
    first, count = days
    start = FIRST + timedelta(days=first)
    return Window.of_days(start, start + timedelta(days=count - 1))


def snapshot_of(lake: Lake) -> int:
    """The latest."""
    snapshot = lake.snapshot(ORDERS).snapshot_id
    assert snapshot is not None
    return snapshot


@given(
    publishes=some.lists(
        some.tuples(some.integers(0, 5), some.integers(1, 4)), min_size=1, max_size=4
    )
)
@settings(max_examples=8)
def test_what_changed_since_any_snapshot(publishes: list[Days]) -> None:
    with TemporaryDirectory() as folder:
        lake = open_lake(Path(folder) / "home")
        snapshots: list[int] = []
        for days in publishes:
            window = window_of(days)
            rows = [row for day in window for row in order_rows(day, len(snapshots) + 1)]
            publish_orders(lake, window, rows)
            snapshots.append(snapshot_of(lake))
        table = load_table(lake.settings, ORDERS)
        assert table is not None
        for number, snapshot in enumerate(snapshots):
            later: set[date] = set()
            for days in publishes[number + 1 :]:
                later |= set(window_of(days))
            assert changed_since(table, snapshot) == later
        for earlier, snapshot in pairwise(snapshots):
            assert is_since(table, snapshot, earlier)
            assert is_since(table, snapshot, snapshot)
            assert not is_since(table, earlier, snapshot)


def test_any_may_have_changed_where_the_history_does_not_tell(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "home", snapshots_kept=1, snapshot_hours=0, orphan_hours=0)
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    first = snapshot_of(lake)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    lake.maintain(ORDERS)
    table = load_table(lake.settings, ORDERS)
    assert table is not None
    assert changed_since(table, None) is None
    assert changed_since(table, first) is None
    assert not is_since(table, snapshot_of(lake), first)


def test_any_may_have_changed_where_another_program_wrote(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "home")
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    first = snapshot_of(lake)
    table = load_table(lake.settings, ORDERS)
    assert table is not None
    table.append(table.scan().to_arrow())
    assert changed_since(table, first) is None
    assert is_since(table, snapshot_of(lake), first)


def test_any_may_have_changed_of_a_table_without_partitions(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "home")
    spec = replace(CITIES, served=True)
    for count in (1, 2):
        publish_sql(
            lake, spec, None, f"SELECT range AS city_id, 'x' AS city_name FROM range({count})"
        )
    table = load_table(lake.settings, spec)
    assert table is not None
    latest, before = (entry.snapshot_id for entry in reversed(table.metadata.snapshot_log[-2:]))
    assert changed_since(table, latest) == frozenset()
    assert changed_since(table, before) is None
