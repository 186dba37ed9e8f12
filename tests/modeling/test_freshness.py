"""A deadline is a time of day in the business time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from warehouse_assets.modeling.freshness import by

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_day_before_is_due_once_the_deadline_has_passed() -> None:
    deadline = by("06:00")
    before = datetime(2026, 11, 19, 21, 59, tzinfo=UTC)  # 05:59 on the 20th in Shanghai
    after = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
    assert deadline.newest_due(before, SHANGHAI) == date(2026, 11, 18)
    assert deadline.newest_due(after, SHANGHAI) == date(2026, 11, 19)


def test_the_deadline_is_a_daily_cron() -> None:
    assert by("06:30").cron == "30 6 * * *"


@pytest.mark.parametrize("text", ["6:00", "24:00", "06:60", "06.00", ""])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        by(text)
