"""A process killed at any moment leaves the last published state; the next run cleans up.

Publishes and merges are killed with the catalog in SQLite, with the catalog in PostgreSQL (the next
run is on another host), and with the tables on S3.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from resources.lake.lake import Lake
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    files_in_history,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.places import PATIENCE, Place
from tests.lake.publish import children
from tests.lake.publish.merge import children as merge_children
from tests.lake.publish.merge.builders import (
    LINES,
    delete_files,
    delete_files_in_snapshot,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
)

BOTH = Window.of_days(FIRST, SECOND)
OLD = [*order_rows(FIRST, 3), *order_rows(SECOND, 3)]
NEW = [*order_rows(FIRST, 4, "8.00"), *order_rows(SECOND, 4, "8.00")]
OLD_LINES = rows_of("A", 20)
LAST_LINE = row("A", 20, "5.00")


@dataclass(frozen=True)
class Work:
    """What is killed: `old` becomes `new`, in a process of its own, once or again and again."""

    spec: TableSpec
    old: list[Any]
    new: list[Any]
    publish_old: Callable[[Lake], object]
    die: Callable[..., None]
    until_killed: Callable[..., None]
    arguments: tuple[object, ...]
    publish_next: Callable[[Lake], object]
    then: list[Any]


PUBLISH = Work(
    ORDERS,
    sorted(OLD),
    sorted(NEW),
    lambda lake: publish_orders(lake, BOTH, OLD),
    children.publish_and_die,
    children.publish_until_killed,
    (BOTH, 4),
    lambda lake: publish_orders(lake, FIRST, order_rows(FIRST, 1)),
    sorted([*order_rows(FIRST, 1), *order_rows(SECOND, 3)]),
)
MERGE = Work(
    LINES,
    OLD_LINES,
    [*rows_of("A", 2, "8.00"), *OLD_LINES[2:]],
    lambda lake: merge(lake, merge_of(OLD_LINES if read(lake, LINES) == [] else OLD_LINES[:2])),
    merge_children.merge_and_die,
    merge_children.merge_until_killed,
    (),
    lambda lake: merge(lake, merge_of([LAST_LINE])),
    [*OLD_LINES[:-1], LAST_LINE],
)
WORKS = {"publish": PUBLISH, "merge": MERGE}


@pytest.fixture
def work(request: pytest.FixtureRequest) -> Work:
    return WORKS[request.param]


def check_rows(place: Place, work: Work, *expected: list[Any]) -> None:
    """The table holds one of the expected, for every reader."""
    rows = read(place.here, work.spec)
    assert rows in expected
    if work is MERGE:
        assert read_by_pyiceberg(place.here) == rows


def check_clean(place: Place, work: Work) -> None:
    """No lease is left, and no data file that no snapshot refers to."""
    assert place.leases() == []
    # Delete files are no files of a scan: those of older snapshots are left out.
    deletes = {str(path) for path in delete_files(place.here)} if work is MERGE else set[str]()
    assert place.data_files(work.spec) - deletes == files_in_history(place.here, work.spec)


@pytest.mark.parametrize(
    ("work", "place", "stage"),
    [
        ("publish", "sqlite", "staging"),
        ("publish", "sqlite", "auditing"),
        ("publish", "sqlite", "publishing"),
        ("publish", "postgres", "staging"),
        ("publish", "postgres", "publishing"),
        ("publish", "s3", "publishing"),
        ("merge", "sqlite", "staging"),
        ("merge", "sqlite", "auditing"),
        ("merge", "sqlite", "publishing"),
        ("merge", "postgres", "publishing"),
    ],
    indirect=["work", "place"],
)
def test_killed_as_a_stage_begins(
    work: Work, place: Place, processes: ForkServerContext, stage: str
):
    work.publish_old(place.here)
    before = place.files()
    arguments = (place.there.settings.home, *work.arguments, stage)
    process = processes.Process(target=work.die, args=arguments)
    process.start()
    process.join(PATIENCE)

    assert process.exitcode == -9
    check_rows(place, work, work.old)
    (dead,) = place.leases()
    left = place.files() - before
    assert bool(left) == (stage != "staging")
    assert all(dead in location for location in left)
    written = delete_files(place.here) if work is MERGE else place.data_files(work.spec)
    assert any(dead in str(each) for each in written) == (stage != "staging")

    work.publish_next(place.here)

    check_clean(place, work)
    if work is MERGE:
        assert delete_files(place.here) == delete_files_in_snapshot(place.here)
    check_rows(place, work, work.then)
    assert read(place.there, work.spec) == work.then


@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
def test_killed_before_the_table_ever_was(place: Place, processes: ForkServerContext):
    process = processes.Process(
        target=children.publish_and_die, args=(place.there.settings.home, BOTH, 4, "publishing")
    )
    process.start()
    process.join(PATIENCE)

    assert place.here.snapshot(ORDERS).table is None
    PUBLISH.publish_old(place.here)
    check_rows(place, PUBLISH, PUBLISH.old)
    check_clean(place, PUBLISH)


@pytest.mark.parametrize(
    ("work", "place", "rounds"),
    [
        ("publish", "sqlite", 5),
        ("publish", "postgres", 4),
        ("publish", "s3", 2),
        ("merge", "sqlite", 5),
    ],
    indirect=["work", "place"],
)
def test_killed_at_any_moment(work: Work, place: Place, processes: ForkServerContext, rounds: int):
    """Each round kills a process that publishes again and again, after a random delay."""
    work.publish_old(place.here)
    began = time.perf_counter()
    work.publish_old(place.here)
    longest_delay = 3 * (time.perf_counter() - began)
    chance = random.Random(20260301)
    for _ in range(rounds):
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(
            target=work.until_killed, args=(theirs, place.there.settings.home, *work.arguments)
        )
        process.start()
        assert mine.poll(PATIENCE)
        time.sleep(chance.uniform(0.0, longest_delay))
        process.kill()
        process.join(10)
        place.wait_until_free()

        check_rows(place, work, work.old, work.new)
        work.publish_old(place.here)
        check_rows(place, work, work.old)
        check_clean(place, work)
