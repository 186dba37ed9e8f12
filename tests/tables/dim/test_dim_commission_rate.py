from datetime import date, timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.dim.dim_commission_rate import dim_commission_rate

TOMORROW = DAY + timedelta(days=1)
OPENING = date(2020, 1, 1)


def rate(commission_rate, valid_from=OPENING, valid_to=None, **values):
    return {
        "category_id": 7,
        "commission_rate": commission_rate,
        "valid_from_date": valid_from,
        "valid_to_date": valid_to,
        **values,
    }


def card(*rates, window=None):
    inputs = {"ods_commission_rate": list(rates)}
    return run_sql(dim_commission_rate, inputs, window or Window.of_day(DAY))


def test_a_rate_ends_on_its_last_day_and_the_next_begins_on_its_first():
    delivered = {"dt": DAY - timedelta(days=5)}
    rows = card(
        rate("0.05", OPENING, DAY, **delivered),
        rate("0.06", TOMORROW, **delivered),
        window=Window.of_days(DAY, TOMORROW),
    )
    expect(
        rows,
        [
            {"category_id": 7, "commission_rate": "0.05", "dt": DAY},
            {"category_id": 7, "commission_rate": "0.06", "dt": TOMORROW},
        ],
    )
    assert broken_rules(dim_commission_rate, rows) == set()


def test_of_two_valid_rates_the_one_that_began_later_counts():
    rows = card(rate("0.05"), rate("0.06", DAY))
    expect(rows, [{"commission_rate": "0.06"}])
    assert broken_rules(dim_commission_rate, rows) == set()


def test_the_corrected_rate_counts_from_the_day_the_correction_is_known():
    wrong = rate("0.50", updated_at=at("2026-01-10 09:00"))
    right = rate("0.05", updated_at=at("2026-01-11 09:00"), dt=TOMORROW)
    rows = card(wrong, right, window=Window.of_days(DAY, TOMORROW))
    expect(
        rows, [{"commission_rate": "0.50", "dt": DAY}, {"commission_rate": "0.05", "dt": TOMORROW}]
    )


def test_a_rate_withdrawn_before_it_began_is_no_rate():
    withdrawn = rate("0.05", DAY, DAY - timedelta(days=1), updated_at=at("2026-01-10 09:00"))
    rows = card(rate("0.05", DAY, updated_at=at("2026-01-09 09:00")), withdrawn)
    assert rows == []


def test_a_category_without_a_valid_rate_has_no_row():
    assert card(rate("0.05", TOMORROW), rate("0.04", OPENING, DAY - timedelta(days=1))) == []
