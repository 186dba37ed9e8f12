"""Values on the screen say exactly what is in the table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from warehouse_assets.command_line.output.formatting import (
    cell,
    counted,
    day_ranges,
    duration,
    exact,
    moment,
    size,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
cents = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15))


@given(cents)
def test_an_amount_keeps_every_digit(amount: Decimal) -> None:
    assert Decimal(exact(amount, SHANGHAI)) == amount
    assert Decimal(cell(amount, SHANGHAI).replace(",", "")) == amount
    assert cell(amount, SHANGHAI)[-3] == "."


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)))
def test_an_instant_stays_the_same_instant(instant: datetime) -> None:
    text = exact(instant, SHANGHAI)
    assert datetime.fromisoformat(text) == instant
    assert text.endswith("+08:00") or instant.year < 1992


def test_numbers_that_are_names_have_no_separators() -> None:
    assert cell(1234567, SHANGHAI) == "1234567"


@given(st.sets(st.integers(0, 60), min_size=1))
def test_ranges_hold_exactly_the_days(offsets: set[int]) -> None:
    days = {date(2026, 1, 1) + timedelta(days=offset) for offset in offsets}
    found: set[date] = set()
    for part in day_ranges(days).split(", "):
        first, _, last = part.partition("..")
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last or first):
            assert day not in found
            found.add(day)
            day += timedelta(days=1)
    assert found == days


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (size(0), "0 B"),
        (size(999), "999 B"),
        (size(1234), "1.2 kB"),
        (size(5 * 10**12), "5.0 TB"),
        (duration(0.04), "0.0 s"),
        (duration(59.94), "59.9 s"),
        (duration(125), "2 min 05 s"),
        (counted(1, "row"), "1 row"),
        (counted(0, "row"), "0 rows"),
        (counted(1234, "row"), "1,234 rows"),
        (day_ranges([None]), "whole table"),
        (moment(datetime(2026, 1, 1, 16, tzinfo=UTC), SHANGHAI), "2026-01-02 00:00:00+08:00"),
        (exact(None, SHANGHAI), ""),
        (exact(True, SHANGHAI), "true"),
    ],
)
def test_short_forms(shown: str, expected: str) -> None:
    assert shown == expected
