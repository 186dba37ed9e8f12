"""Writers of different partitions never lose; of the same partition exactly one wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from resources.errors import PublishConflict
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    context,
    data_files,
    files_in_history,
    files_in_snapshot,
    open_engine,
    order_rows,
    publish_orders,
    read,
    select_of,
)
from tests.lake.publish import children
from tests.lake.publish.children import Result

WRITERS = 4


def run_all(
    processes: ForkServerContext, target: Any, arguments: list[tuple[Any, ...]]
) -> list[Result]:
    """Run the target once for each arguments, all at once; what each answered."""
    ends = []
    for each in arguments:
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(target=target, args=(theirs, *each))
        process.start()
        theirs.close()
        ends.append((process, mine))
    answers = [mine.recv() if mine.poll(60) else ("silent", "") for _, mine in ends]
    for process, _ in ends:
        process.join(10)
    return answers


def test_writers_of_different_days_all_succeed_from_the_first_commit_on(
    lake: Lake, processes: ForkServerContext
):
    """The table, its namespace and the catalog itself do not exist when they start."""
    barrier = processes.Barrier(WRITERS)
    days = {
        f"run-{writer}": [FIRST + timedelta(days=writer * 3 + number) for number in range(3)]
        for writer in range(WRITERS)
    }
    answers = run_all(
        processes,
        children.publish_days,
        [(lake.settings.home, barrier, mine, run_id) for run_id, mine in days.items()],
    )

    assert answers == [("done", run_id) for run_id in days]
    everything = [row for mine in days.values() for day in mine for row in order_rows(day, 2)]
    assert read(lake) == sorted(everything)
    snapshot = lake.snapshot(ORDERS)
    assert {day: lake.record(snapshot, day).run_id for day in snapshot.published} == {
        day: run_id for run_id, mine in days.items() for day in mine
    }
    assert len(lake.history(ORDERS)) == WRITERS * 3
    assert data_files(lake) == files_in_snapshot(lake)


def test_of_writers_of_the_same_day_exactly_one_wins(lake: Lake, processes: ForkServerContext):
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    barrier = processes.Barrier(WRITERS)
    answers = run_all(
        processes,
        children.race_for_a_day,
        [(lake.settings.home, barrier, FIRST, f"{writer}.00") for writer in range(1, WRITERS + 1)],
    )

    (winner,) = [text for kind, text in answers if kind == "done"]
    losers = [text for kind, text in answers if kind == "PublishConflict"]
    assert len(losers) == WRITERS - 1
    assert all(f"run run-{winner} published 2026-03-01 first" in text for text in losers)
    assert read(lake) == order_rows(FIRST, 2, winner)
    assert data_files(lake) == files_in_history(lake)


def test_writers_of_the_same_rows_all_succeed_and_one_of_them_publishes(
    lake: Lake, processes: ForkServerContext
):
    """Also the first time, when the table does not exist yet."""
    for count in (2, 3):
        barrier = processes.Barrier(WRITERS)
        answers = run_all(
            processes,
            children.race_for_a_day,
            [(lake.settings.home, barrier, FIRST, f"{count}.00")] * WRITERS,
        )
        assert answers == [("done", f"{count}.00")] * WRITERS
        assert read(lake) == order_rows(FIRST, 2, f"{count}.00")
        assert len(lake.history(ORDERS)) == count - 1
        assert data_files(lake) == files_in_history(lake)


def test_a_run_says_whose_rows_it_met(lake: Lake):
    def publish_meanwhile(stage: str) -> None:
        if stage == "publishing":
            publish_orders(lake, FIRST, order_rows(FIRST, 2), run_id="run-other")

    met = publish_orders(lake, FIRST, order_rows(FIRST, 2), on_stage=publish_meanwhile)

    assert met.met == ("run-other",)
    assert met.publication_id == lake.snapshot(ORDERS).published[FIRST]
    assert met.partitions == {FIRST: 2}
    assert lake.record(lake.snapshot(ORDERS), FIRST).run_id == "run-other"
    assert data_files(lake) == files_in_history(lake)


def test_the_days_that_nobody_published_meanwhile_are_published(lake: Lake):
    both = Window.of_days(FIRST, SECOND)

    def publish_meanwhile(stage: str) -> None:
        if stage == "publishing":
            publish_orders(lake, FIRST, order_rows(FIRST, 2), run_id="run-other")

    rows = [*order_rows(FIRST, 2), *order_rows(SECOND, 2)]
    published = publish_orders(lake, both, rows, on_stage=publish_meanwhile)

    assert published.met == ()
    assert read(lake) == sorted(rows)
    snapshot = lake.snapshot(ORDERS)
    assert set(snapshot.published.values()) == {published.publication_id}
    # Who reads the first day need not be made again for it.
    assert snapshot.rows_from[FIRST] != snapshot.published[FIRST]


def test_the_same_rows_of_other_code_are_published_as_those_of_that_code(lake: Lake):
    def publish_meanwhile(stage: str) -> None:
        if stage == "publishing":
            other = replace(context("run-other"), code_version="version-0")
            with open_engine(lake) as connection:
                rows = select_of(order_rows(FIRST, 2))
                lake.publish(ORDERS, Window.of_day(FIRST), rows, connection, other)

    published = publish_orders(lake, FIRST, order_rows(FIRST, 2), on_stage=publish_meanwhile)

    assert published.met == ()
    assert lake.record(lake.snapshot(ORDERS), FIRST).code_version == "version-1"


def test_a_run_whose_partition_was_published_since_it_began_loses(lake: Lake):
    publish_orders(lake, Window.of_days(FIRST, SECOND), order_rows(FIRST, 1))
    base = lake.snapshot(ORDERS)
    publish_orders(lake, FIRST, order_rows(FIRST, 2, "2.00"), run_id="run-other")

    with pytest.raises(PublishConflict, match="run run-other published 2026-03-01 first"):
        publish_orders(lake, Window.of_days(FIRST, SECOND), order_rows(FIRST, 3), base=base)

    assert read(lake) == order_rows(FIRST, 2, "2.00")
    assert data_files(lake) == files_in_history(lake)


def test_a_partition_published_meanwhile_by_its_first_run_counts_too(lake: Lake):
    def publish_meanwhile(stage: str) -> None:
        if stage == "auditing":
            publish_orders(lake, FIRST, [], run_id="run-other")

    with pytest.raises(PublishConflict, match="run-other"):
        publish_orders(lake, FIRST, order_rows(FIRST, 1), on_stage=publish_meanwhile)

    assert read(lake) == []


def test_a_run_of_other_partitions_does_not_lose_to_a_later_base(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    base = lake.snapshot(ORDERS)
    publish_orders(lake, SECOND, order_rows(SECOND, 1))
    publish_orders(lake, THIRD, order_rows(THIRD, 1), base=base)

    assert len(read(lake)) == 3
