"""One row per calendar day, from 2015 to 2035, with the holidays of the business's country.

It begins with the year of the lake's first business date where that is earlier. Weeks are ISO
weeks. Week, month and quarter carry their year, so each groups days by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from warehouse_assets import modeling as m

if TYPE_CHECKING:
    import pyarrow

    from resources.settings import Settings

FIRST_YEAR = 2015
"""So that what happened before the first business date, as a user's first login, has its day."""


class DimDate(m.Contract):
    """The calendar."""

    dt: m.Day = m.key("Calendar day")
    date_key: m.Integer = m.column("The day as a number: yyyymmdd")
    week: m.Text = m.column("ISO week: 2026-W01", str_matches=r"^\d{4}-W\d{2}$")
    month: m.Text = m.column("Month: 2026-01", str_matches=r"^\d{4}-\d{2}$")
    quarter: m.Text = m.column("Quarter: 2026-Q1", str_matches=r"^\d{4}-Q[1-4]$")
    year: m.Integer = m.column("Calendar year")
    day_of_week: m.Integer = m.column("Monday is 1, Sunday is 7", ge=1, le=7)
    is_weekend: m.Flag = m.column("Whether the day is a Saturday or a Sunday")
    is_holiday: m.Flag = m.column("Whether the day is a public holiday")
    holiday_name: m.Text = m.column("The holiday, in the country's own words", null=True)


def calendar(settings: Settings) -> pyarrow.RecordBatchReader:
    """Every day of the calendar in order, a batch a year."""
    import holidays
    import pyarrow

    from resources.settings import LAST_YEAR

    schema = pyarrow.schema(
        [
            ("dt", pyarrow.date32()),
            ("date_key", pyarrow.int64()),
            ("week", pyarrow.string()),
            ("month", pyarrow.string()),
            ("quarter", pyarrow.string()),
            ("year", pyarrow.int64()),
            ("day_of_week", pyarrow.int64()),
            ("is_weekend", pyarrow.bool_()),
            ("is_holiday", pyarrow.bool_()),
            ("holiday_name", pyarrow.string()),
        ]
    )
    years = range(min(FIRST_YEAR, settings.first_date.year), LAST_YEAR + 1)
    names = holidays.country_holidays(settings.holiday_country, years=years)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        for year in years:
            rows = [_row(day, names.get(day)) for day in _days_of(year)]
            yield pyarrow.RecordBatch.from_pylist(rows, schema=schema)

    return pyarrow.RecordBatchReader.from_batches(schema, batches())


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def _row(day: date, holiday_name: str | None) -> dict[str, object]:
    iso = day.isocalendar()
    return {
        "dt": day,
        "date_key": day.year * 10_000 + day.month * 100 + day.day,
        "week": f"{iso.year}-W{iso.week:02}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": day.year,
        "day_of_week": iso.weekday,
        "is_weekend": iso.weekday >= 6,
        "is_holiday": holiday_name is not None,
        "holiday_name": holiday_name,
    }


dim_date = m.table(DimDate, owner="team:finance", rows=calendar)
