"""Any sequence of publishes leaves exactly what a dictionary of days would hold, everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    Row,
    data_files,
    files_in_history,
    open_lake,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.places import Place

DAYS = 4


@st.composite
def publishes(draw: st.DrawFn) -> tuple[Window, dict[date, list[Row]]]:
    """A window, and the rows that each of its days is to hold: often none."""
    first = draw(st.integers(0, DAYS - 1))
    length = draw(st.integers(1, DAYS - first))
    window = Window.of_days(
        FIRST + timedelta(days=first), FIRST + timedelta(days=first + length - 1)
    )
    amount = draw(st.sampled_from(["0.00", "1.25", "99999999.99"]))
    return window, {day: order_rows(day, draw(st.integers(0, 3)), amount) for day in window}


SEQUENCES = st.lists(publishes(), min_size=1, max_size=6)


@pytest.mark.parametrize(("where", "examples"), [("sqlite", 8), ("postgres", 3), ("s3", 2)])
def test_the_table_holds_what_a_dictionary_would(
    new_place: Callable[[str], Place], where: str, examples: int
):
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(SEQUENCES)
    def check(sequence: list[tuple[Window, dict[date, list[Row]]]]) -> None:
        home = new_place(where).here.settings.home
        check_publishes(open_lake(home, snapshots_kept=1), sequence)

    check()


def check_publishes(lake: Lake, sequence: list[tuple[Window, dict[date, list[Row]]]]) -> None:
    """Publish the sequence to an empty lake, and compare with a dictionary of days."""
    model: dict[date, list[Row]] = {}
    for window, days in sequence:
        published = publish_orders(lake, window, [row for rows in days.values() for row in rows])
        assert published.partitions == {day: len(rows) for day, rows in days.items()}
        model |= days

    assert read(lake) == sorted(row for rows in model.values() for row in rows)
    assert set(lake.snapshot(ORDERS).published) == set(model)
    records = {day: lake.record(lake.snapshot(ORDERS), day) for day in model}
    assert {day: record.partitions[day].rows for day, record in records.items()} == {
        day: len(rows) for day, rows in model.items()
    }
    assert data_files(lake) == files_in_history(lake)
