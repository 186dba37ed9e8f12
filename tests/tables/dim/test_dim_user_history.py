from datetime import date, timedelta

from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.dim.dim_user_history import dim_user_history

FAR = date(9999, 12, 31)


def user(days: int, hour: str = "12:00", **values):
    changed = DAY + timedelta(days=days)
    return {"user_id": 1, "updated_at": at(f"{changed} {hour}"), "dt": changed, **values}


def test_a_row_lasts_until_a_tracked_column_changes():
    rows = run_sql(
        dim_user_history,
        {
            "ods_user": [
                user(0, vip_level="GOLD", city="Ningbo"),
                user(2, vip_level="GOLD", city="Ningbo"),
                user(5, vip_level="PLATINUM", city="Ningbo"),
            ]
        },
    )
    expect(
        rows,
        [
            {
                "vip_level": "GOLD",
                "valid_from": DAY,
                "valid_to": DAY + timedelta(days=5),
                "is_current": False,
                "delivered_date": DAY + timedelta(days=2),
            },
            {
                "vip_level": "PLATINUM",
                "valid_from": DAY + timedelta(days=5),
                "valid_to": FAR,
                "is_current": True,
                "delivered_date": DAY + timedelta(days=5),
            },
        ],
    )


def test_of_several_changes_on_one_business_date_the_last_counts():
    """23:30 in Shanghai is the same business date, though another one in UTC than 00:30."""
    rows = run_sql(
        dim_user_history,
        {"ods_user": [user(0, "23:30", city="last"), user(0, "00:30", city="first")]},
    )
    expect(rows, [{"city": "last", "valid_from": DAY, "valid_to": FAR}])


def test_a_change_that_is_delivered_late_is_valid_from_when_it_was_made():
    rows = run_sql(
        dim_user_history,
        {"ods_user": [user(3, city="new"), {**user(1, city="old"), "dt": DAY + timedelta(days=9)}]},
    )
    expect(
        rows,
        [
            {"city": "old", "valid_from": DAY + timedelta(1), "valid_to": DAY + timedelta(3)},
            {"city": "new", "valid_from": DAY + timedelta(3), "valid_to": FAR},
        ],
    )


def test_no_deliveries():
    assert run_sql(dim_user_history, {}) == []
