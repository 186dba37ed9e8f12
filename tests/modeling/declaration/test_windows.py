"""Which partitions of an input a run may see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from resources.lake.model.window import Window
from warehouse_assets.modeling import (
    as_of_day,
    following,
    history,
    latest,
    same_day,
    trailing,
    whole_table,
)
from warehouse_assets.modeling.declaration.windows import ReadWindow

FIRST = date(2026, 1, 1)


def days(*numbers: int) -> dict[date | None, str]:
    return {FIRST + timedelta(days=number): f"publication {number}" for number in numbers}


def seen(read: ReadWindow, window: Window, *published: int) -> tuple[list[int], list[int]]:
    visible = read.visible(window, days(*published), FIRST)
    assert visible.partitions is not None
    return (
        [(day - FIRST).days for day in visible.partitions],
        [(day - FIRST).days for day in visible.missing],
    )


FIFTH = Window.of_day(FIRST + timedelta(days=5))


def test_each_window_sees_what_it_says() -> None:
    published = range(10)
    assert seen(same_day(), FIFTH, *published) == ([5], [])
    assert seen(trailing(days=3), FIFTH, *published) == ([3, 4, 5], [])
    assert seen(following(days=2), FIFTH, *published) == ([5, 6, 7], [])
    assert seen(history(), FIFTH, *published) == ([0, 1, 2, 3, 4, 5], [])
    assert whole_table().visible(FIFTH, days(*published), FIRST).partitions is None


def test_a_missing_partition_is_named_unless_it_lies_ahead() -> None:
    assert seen(same_day(), FIFTH, 4) == ([], [5])
    assert seen(trailing(days=3), FIFTH, 3, 5) == ([3, 5], [4])
    assert seen(history(), FIFTH, 5) == ([5], [0, 1, 2, 3, 4])
    assert seen(following(days=2), FIFTH, 5, 7) == ([5, 7], [])


def test_nothing_is_asked_for_before_the_first_date() -> None:
    first = Window.of_day(FIRST)
    assert seen(trailing(days=30), first, 0) == ([0], [])
    assert seen(history(), first, 0) == ([0], [])


def test_an_older_dimension_stands_in_only_as_long_as_declared() -> None:
    visible = as_of_day(max_age_days=2).visible(FIFTH, days(3), FIRST)
    assert visible.partitions == {FIFTH.start: FIRST + timedelta(days=3)}
    assert seen(as_of_day(max_age_days=1), FIFTH, 3) == ([], [5])
    assert seen(as_of_day(), FIFTH, 4) == ([], [5])


@pytest.mark.parametrize("make", [trailing, following])
def test_a_window_of_no_days_is_refused(make: type) -> None:
    with pytest.raises(ValueError, match="days must be 1 or more"):
        make(days=0)


def test_a_window_shows_all_of_a_narrower_one_and_of_no_other() -> None:
    wider = [
        (trailing(days=3), same_day()),
        (following(days=2), same_day()),
        (history(), trailing(days=9)),
        (latest(following(days=3)), latest(following(days=3))),
    ]
    for one, other in wider:
        assert one.shows_all_of(other)
        assert one == other or not other.shows_all_of(one)
    # Another number of days gives other versions; another date, rows on other days.
    for one, other in (
        (latest(following(days=3)), latest(following(days=2))),
        (latest(history()), history()),
        (as_of_day(max_age_days=2), trailing(days=2)),
        (trailing(days=3), following(days=2)),
        (whole_table(), history()),
    ):
        assert not one.shows_all_of(other)
        assert not other.shows_all_of(one)


READS = st.one_of(
    st.just(same_day()),
    st.just(history()),
    st.integers(1, 5).map(lambda n: trailing(days=n)),
    st.integers(1, 5).map(lambda n: following(days=n)),
    st.integers(0, 4).map(lambda n: as_of_day(max_age_days=n)),
)


@given(READS, st.sets(st.integers(0, 20)), st.integers(0, 10), st.integers(1, 8))
def test_a_range_sees_what_its_days_see(
    read: ReadWindow, published: set[int], start: int, length: int
) -> None:
    window = Window.of_days(
        FIRST + timedelta(days=start), FIRST + timedelta(days=start + length - 1)
    )
    whole = read.visible(window, days(*published), FIRST)
    single = [read.visible(Window.of_day(day), days(*published), FIRST) for day in window]
    assert whole.partitions == {
        day: stored for visible in single for day, stored in (visible.partitions or {}).items()
    }
    assert set(whole.missing) == {day for visible in single for day in visible.missing}
