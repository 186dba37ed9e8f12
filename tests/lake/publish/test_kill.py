"""A run killed at any moment leaves the last published state; the next run cleans up."""

from __future__ import annotations

import random
import time
from multiprocessing.context import ForkServerContext

import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    files_in_history,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.publish import children

BOTH = Window.of_days(FIRST, SECOND)
OLD = [*order_rows(FIRST, 3), *order_rows(SECOND, 3)]
NEW = [*order_rows(FIRST, 4, "8.00"), *order_rows(SECOND, 4, "8.00")]


def leases(lake: Lake) -> list[str]:
    """Attempts that left a lease."""
    return [path.stem for path in lake.settings.home.glob("attempts/*/*.json")]


@pytest.mark.parametrize("stage", ["staging", "auditing", "publishing"])
def test_killed_as_a_stage_begins(lake: Lake, processes: ForkServerContext, stage: str):
    publish_orders(lake, BOTH, OLD)
    process = processes.Process(
        target=children.publish_and_die, args=(lake.settings.home, BOTH, 4, stage)
    )
    process.start()
    process.join(30)

    assert process.exitcode == -9
    assert read(lake) == sorted(OLD)
    (dead,) = leases(lake)
    assert any(dead in path for path in data_files(lake)) == (stage != "staging")

    publish_orders(lake, FIRST, order_rows(FIRST, 1))

    assert leases(lake) == []
    assert data_files(lake) == files_in_history(lake)
    assert read(lake) == sorted([*order_rows(FIRST, 1), *order_rows(SECOND, 3)])


def test_killed_before_the_table_ever_was(lake: Lake, processes: ForkServerContext):
    process = processes.Process(
        target=children.publish_and_die, args=(lake.settings.home, BOTH, 4, "publishing")
    )
    process.start()
    process.join(30)

    assert lake.snapshot(ORDERS).table is None
    publish_orders(lake, BOTH, OLD)
    assert read(lake) == sorted(OLD)
    assert data_files(lake) == files_in_history(lake)


def test_killed_at_any_moment(lake: Lake, processes: ForkServerContext):
    """Each round kills a process that publishes again and again, after a random delay."""
    publish_orders(lake, BOTH, OLD)
    began = time.perf_counter()
    publish_orders(lake, BOTH, OLD)
    longest_delay = 3 * (time.perf_counter() - began)
    chance = random.Random(20260301)
    for _ in range(8):
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(
            target=children.publish_until_killed, args=(theirs, lake.settings.home, BOTH, 4)
        )
        process.start()
        assert mine.poll(30)
        time.sleep(chance.uniform(0.0, longest_delay))
        process.kill()
        process.join(10)

        assert read(lake) in (sorted(OLD), sorted(NEW))
        publish_orders(lake, BOTH, OLD)
        assert read(lake) == sorted(OLD)
        assert leases(lake) == []
        assert data_files(lake) == files_in_history(lake)
