from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_points_entry import dwd_points_entry

NOON = at("2026-01-10 12:00")


def entry(points_entry_no="E1", **values):
    return {
        "points_entry_no": points_entry_no,
        "entry_type": "earned",
        "points": 10,
        "occurred_at": NOON,
        "updated_at": NOON,
        **values,
    }


def entries(*delivered, days=0):
    window = Window.of_days(DAY, DAY + timedelta(days=days))
    return run_sql(dwd_points_entry, {"ods_points_entry": list(delivered)}, window)


@pytest.mark.parametrize(
    ("entry_type", "change"), [("earned", 10), ("returned", 10), ("burnt", -10), ("expired", -10)]
)
def test_points_are_added_or_taken_by_the_type_of_the_entry(entry_type, change):
    rows = entries(entry(entry_type=entry_type))
    expect(rows, [{"points": 10, "points_change": change, "dt": DAY}])
    assert broken_rules(dwd_points_entry, rows) == set()


def test_an_entry_of_an_unknown_type_has_no_change_and_stops_the_publish():
    rows = entries(entry(entry_type="gifted"))
    assert "points_change: null" in broken_rules(dwd_points_entry, rows)


def test_an_order_that_burns_and_gets_back_its_points_is_two_entries():
    back = NOON + timedelta(days=1)
    rows = entries(
        entry("E1", entry_type="burnt", business_no="A"),
        entry("E2", entry_type="returned", business_no="A", occurred_at=back, updated_at=back,
              dt=DAY + timedelta(days=1)),
        days=1,
    )  # fmt: skip
    expect(
        rows,
        [
            {"business_no": "A", "points_change": -10, "dt": DAY},
            {"business_no": "A", "points_change": 10, "dt": DAY + timedelta(days=1)},
        ],
    )


def test_an_entry_delivered_twice_or_late_counts_once_on_its_day():
    rows = entries(entry(), entry(), entry(dt=DAY + timedelta(days=3)), days=3)
    expect(rows, [{"points_entry_no": "E1", "dt": DAY}])
