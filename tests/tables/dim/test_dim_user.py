from datetime import date, timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_user import dim_user

EARLIER = DAY - timedelta(days=3)
LATER = DAY + timedelta(days=1)


def test_a_user_who_did_not_change_is_carried_to_the_day():
    rows = run_sql(dim_user, {"ods_user": [{"user_id": 1, "vip_level": "GOLD", "dt": EARLIER}]})
    expect(rows, [{"user_id": 1, "vip_level": "GOLD", "dt": DAY}])


def test_each_day_has_the_level_of_that_day():
    rows = run_sql(
        dim_user,
        {
            "ods_user": [
                {"user_id": 1, "vip_level": "NORMAL", "dt": DAY},
                {"user_id": 1, "vip_level": "GOLD", "dt": LATER},
            ]
        },
        Window.of_days(DAY, LATER),
    )
    expect(
        rows,
        [
            {"user_id": 1, "vip_level": "NORMAL", "dt": DAY},
            {"user_id": 1, "vip_level": "GOLD", "dt": LATER},
        ],
    )


def test_an_old_version_delivered_late_does_not_replace_a_newer_one():
    rows = run_sql(
        dim_user,
        {
            "ods_user": [
                {"user_id": 1, "city": "new", "updated_at": at("2026-01-09 10:00"), "dt": EARLIER},
                {"user_id": 1, "city": "old", "updated_at": at("2026-01-08 10:00"), "dt": DAY},
            ]
        },
    )
    expect(rows, [{"user_id": 1, "city": "new"}])


def test_of_versions_changed_at_the_same_instant_the_last_line_counts():
    same = {"user_id": 1, "updated_at": at("2026-01-10 10:00"), "source_file": "u.parquet"}
    lines = [
        {**same, "city": "second", "source_line": 10},
        {**same, "city": "first", "source_line": 9},
    ]
    for delivered in (lines, lines[::-1]):
        expect(run_sql(dim_user, {"ods_user": delivered}), [{"city": "second"}])


def test_nobody_before_the_first_delivery():
    assert run_sql(dim_user, {"ods_user": [{"user_id": 1, "dt": LATER}]}) == []


def test_no_deliveries_at_all():
    assert run_sql(dim_user, {}, Window.of_day(date(2026, 3, 1))) == []
