"""A deadline is a time of day in the business time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from warehouse_assets.modeling.declaration.freshness import by

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_day_before_is_due_once_the_deadline_has_passed() -> None:
    deadline = by("06:00")
    before = datetime(2026, 11, 19, 21, 59, tzinfo=UTC)  # 05:59 on the 20th in Shanghai
    after = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
    assert deadline.latest_due(before, SHANGHAI) == date(2026, 11, 18)
    assert deadline.latest_due(after, SHANGHAI) == date(2026, 11, 19)


def test_the_deadline_is_a_daily_cron() -> None:
    assert by("06:30").cron == "30 6 * * *"


@pytest.mark.parametrize("text", ["6:00", "24:00", "06:60", "06.00", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        by(text)


NOW = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)  # the 20th, 06:00 in Shanghai
NINETEENTH = date(2026, 11, 19)


def days(*numbers: int) -> list[date]:
    return [date(2026, 11, number) for number in numbers]


@pytest.mark.parametrize(
    ("published", "missing"),
    [
        (days(15, 16, 17, 18, 19), []),
        (days(15, 16, 19), days(17, 18)),
        (days(15, 17), days(16, 18, 19)),
        (days(15, 20), days(16, 17, 18, 19)),
        ([], days(19)),
        ([None], days(19)),
    ],
)
def test_every_hole_since_the_first_published_date_is_missing(
    published: list[date | None], missing: list[date]
) -> None:
    found = by("06:00").missing_days(published, date(2026, 1, 1), NOW, SHANGHAI)
    assert found == missing


def test_nothing_is_missing_before_the_warehouse_begins() -> None:
    assert by("06:00").missing_days([], date(2026, 11, 20), NOW, SHANGHAI) == []
    assert by("06:00").missing_days(days(17), date(2026, 11, 19), NOW, SHANGHAI) == days(19)
