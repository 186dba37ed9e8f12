"""Books sum up to the same, whoever closes them during a run, dies after posting, or reopens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.errors import PublishConflict
from resources.lake.closing.closing_record import read_books
from resources.lake.lake import Lake
from tests.modeling.execution.closing_lake import (
    DAYS,
    Bookings,
    booked,
    close,
    filled,
    reopen,
    run,
    started,
)
from tests.modeling.log_lake import day
from tests.modeling.materializations.test_append_only import (
    Lines,
    deliver,
)
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.closed_days import ClosedDay


@pytest.mark.parametrize("name", ["dwd_journal", "ads_balance"])
def test_a_run_that_began_before_the_close_publishes_nothing_into_it(
    closing_warehouse: Warehouse, tmp_path: Path, name: str
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    deliver(lake, 1, {"A": 11})
    before = lake.rows(name)

    def close_meanwhile(phase: str) -> None:
        if phase == "publishing":
            close(lake, 1)

    with pytest.raises(PublishConflict, match="test closed the books"):
        started(lake, name, 1, 2).publish(close_meanwhile)
    assert lake.rows(name) == before


@pytest.mark.parametrize("other", [1, 2])
def test_of_two_who_post_in_one_day_at_once_nothing_is_lost(
    closing_warehouse: Warehouse, tmp_path: Path, other: int
) -> None:
    """The other is a run of another closed day, or of the open day that takes the supplements."""
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 11})
    deliver(lake, 1, {"A": 12})

    def meanwhile(phase: str) -> None:
        if phase == "reading":
            run(lake, "dwd_journal", other)

    # A run that has looked at the table before the other publishes.
    with pytest.raises(PublishConflict):
        started(lake, "dwd_journal", 0, 0).publish(meanwhile)
    assert run(lake, "dwd_journal", 0) == [ClosedDay("dwd_journal", day(0), 1, day(2))]
    run(lake, "dwd_journal", 0, DAYS - 1)
    found = booked(lake.rows("dwd_journal"))
    assert [found[day(number), "A"] for number in range(DAYS)] == [11, 12, 10, 10]


def test_a_run_that_began_before_the_reopening_posts_nothing_in_the_day_that_took_it(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 11})
    before = lake.rows("dwd_journal")

    def meanwhile(phase: str) -> None:
        # It has read the books, and not posted yet.
        if phase == "reading":
            reopen(lake, 1)

    with pytest.raises(PublishConflict, match="test reopened the books"):
        started(lake, "dwd_journal", 0, 0).publish(meanwhile)
    assert lake.rows("dwd_journal") == before
    assert [each.posted_in for each in run(lake, "dwd_journal", 0)] == [day(1)]


def test_who_is_stopped_after_posting_posts_nothing_twice(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    lake = filled(closing_warehouse, tmp_path)
    close(lake, 1)
    deliver(lake, 0, {"A": 11})

    def die(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        # Told by the second commit, that of the closed day: the first has no phases.
        started(lake, "dwd_journal", 0, 0).publish(
            lambda phase: die(phase) if phase == "publishing" else None
        )
    posted = lake.rows("dwd_journal")
    assert booked(posted)[day(0), "A"] == 11
    assert day(0) in lake.stale("dwd_journal", DAYS)
    assert run(lake, "dwd_journal", 0) == []
    assert lake.rows("dwd_journal") == posted
    assert lake.stale("dwd_journal", DAYS) == {}


WANTED = st.dictionaries(st.sampled_from("AB"), st.integers(-2, 3), max_size=2)
STEP = st.one_of(
    st.tuples(st.just("deliver"), st.integers(0, DAYS - 1), WANTED),
    st.tuples(st.just("close"), st.integers(0, DAYS - 2), st.just({})),
    st.tuples(st.just("reopen"), st.integers(0, DAYS - 2), st.just({})),
)


@given(st.lists(STEP, min_size=2, max_size=6))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def check_sums(folder: Path, warehouse: Warehouse, steps: list[tuple[str, int, Lines]]) -> None:
    lake = filled(warehouse, folder)
    wanted: dict[int, Lines] = {number: {"A": 10} for number in range(DAYS)}
    for action, number, lines in steps:
        if action == "deliver":
            closed = read_books(Lake(lake.settings)).closed_through
            frozen = [row for row in lake.rows("dwd_journal") if closed and row["dt"] <= closed]
            deliver(lake, number, lines)
            wanted[number] = lines
            run(lake, "dwd_journal", number)
            after = lake.rows("dwd_journal")
            assert [row for row in after if closed and row["dt"] <= closed] == frozen
        elif action == "close":
            close(lake, number)
        else:
            if not read_books(Lake(lake.settings)).is_closed(day(number)):
                continue
            reopen(lake, number)
            run(lake, "dwd_journal", 0, DAYS - 1)
            # An open day has what it is, and no other day anything for it.
            now = booked(lake.rows("dwd_journal"), "dt")
            later = {place: net for place, net in now.items() if place[0] > day(number)}
            assert later == nets(wanted, range(number + 1, DAYS))
        assert booked(lake.rows("dwd_journal")) == nets(wanted, range(DAYS))
    rows = lake.rows("dwd_journal")
    run(lake, "dwd_journal", 0, DAYS - 1)
    assert lake.rows("dwd_journal") == rows


def nets(wanted: Mapping[int, Lines], numbers: Iterable[int]) -> Bookings:
    """What is to be booked for the days of those numbers."""
    return {
        (day(number), line): Decimal(net)
        for number in numbers
        for line, net in wanted[number].items()
        if net
    }


def test_sums_are_the_same_however_often_books_are_closed(
    closing_warehouse: Warehouse, tmp_path: Path
) -> None:
    check_sums(tmp_path, closing_warehouse)
