from datetime import date, timedelta

import pytest

from resources.settings import Settings
from tests.tables.run_sql import broken_rules
from warehouse_assets.dim.dim_date import calendar, dim_date


@pytest.fixture(scope="module")
def days() -> dict[date, dict[str, object]]:
    rows = calendar(Settings(holiday_country="CN")).read_all().to_pylist()
    return {row["dt"]: row for row in rows}


def test_every_day_of_the_years_is_there_once_and_keeps_the_contract(days):
    first, last = date(2015, 1, 1), date(2035, 12, 31)
    assert list(days) == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert broken_rules(dim_date, days.values()) == set()


@pytest.mark.parametrize(
    ("first", "begins"),
    [("2003-07-15", "2003-01-01"), ("1970-01-01", "1970-01-01"), ("2014-12-31", "2014-01-01"),
     ("2015-01-01", "2015-01-01"), ("2035-12-31", "2015-01-01")],
)  # fmt: skip
def test_the_lake_s_first_business_date_is_in_it_with_its_whole_year(first, begins):
    first_date = date.fromisoformat(first)
    days = calendar(Settings(first_date=first_date)).read_all()["dt"].to_pylist()
    assert days[0] == date.fromisoformat(begins) and days[-1] == date(2035, 12, 31)
    assert first_date in days and len(set(days)) == len(days) == (days[-1] - days[0]).days + 1


def test_columns_are_those_of_the_contract():
    names = calendar(Settings()).schema.names
    assert names == [column.spec.name for column in dim_date.columns]


def test_the_last_days_of_a_year_may_be_in_the_first_week_of_the_next(days):
    assert days[date(2024, 12, 31)] == {
        "dt": date(2024, 12, 31),
        "date_key": 20241231,
        "week": "2025-W01",
        "month": "2024-12",
        "quarter": "2024-Q4",
        "year": 2024,
        "day_of_week": 2,
        "is_weekend": False,
        "is_holiday": False,
        "holiday_name": None,
    }


def test_sunday_is_the_seventh_day_and_a_weekend(days):
    sunday = days[date(2026, 1, 11)]
    assert (sunday["day_of_week"], sunday["is_weekend"]) == (7, True)


def test_leap_day(days):
    assert days[date(2028, 2, 29)]["quarter"] == "2028-Q1"


def test_holidays_are_those_of_the_country():
    christmas, national_day = date(2026, 12, 25), date(2026, 10, 1)

    def is_holiday(country: str, day: date) -> object:
        rows = calendar(Settings(holiday_country=country)).read_all().to_pylist()
        return next(row["is_holiday"] for row in rows if row["dt"] == day)

    assert (is_holiday("CN", national_day), is_holiday("CN", christmas)) == (True, False)
    assert (is_holiday("BR", national_day), is_holiday("BR", christmas)) == (False, True)
