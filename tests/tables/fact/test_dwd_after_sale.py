from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_after_sale import dwd_after_sale

APPLIED = at("2026-01-10 09:00")


def after(days):
    return DAY + timedelta(days=days)


def request(after_sale_no="S1", **values):
    return {
        "after_sale_no": after_sale_no,
        "order_no": "A",
        "line_no": 2,
        "after_sale_type": "return",
        "after_sale_status": "applied",
        "after_sale_quantity": 1,
        "applied_at": APPLIED,
        "updated_at": APPLIED,
        "dt": DAY,
        **values,
    }


def approved(approved_at, amount="9.90", **values):
    return request(
        after_sale_status="approved",
        approved_amount=amount,
        approved_at=approved_at,
        updated_at=approved_at,
        **values,
    )


def requests(*delivered, days=0):
    window = Window.of_days(DAY, after(days))
    return run_sql(dwd_after_sale, {"ods_after_sale": list(delivered)}, window)


def test_a_request_approved_the_next_day_is_approved_on_the_day_it_was_made():
    granted = at("2026-01-11 10:00")
    rows = requests(request(), approved(granted, dt=after(1)), days=1)
    expect(
        rows,
        [
            {
                "after_sale_no": "S1",
                "order_line_id": "A-2",
                "after_sale_status": "approved",
                "approved_amount": "9.90",
                "approved_at": granted,
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dwd_after_sale, rows) == set()


def test_an_older_version_delivered_last_changes_nothing():
    rows = requests(approved(APPLIED + timedelta(hours=1)), request(dt=after(3)), days=3)
    expect(rows, [{"after_sale_status": "approved", "dt": DAY}])


def test_two_requests_for_a_line_are_two_rows_and_a_repeated_one_is_one():
    rows = requests(request("S1"), request("S2", after_sale_status="rejected"), request("S1"))
    expect(
        rows,
        [
            {"after_sale_no": "S1", "after_sale_status": "applied"},
            {"after_sale_no": "S2", "after_sale_status": "rejected"},
        ],
    )
    assert broken_rules(dwd_after_sale, rows) == set()


def test_money_for_a_request_that_was_not_approved_is_kept_and_reported():
    rows = requests(request(after_sale_status="rejected", approved_amount=5))
    expect(rows, [{"after_sale_status": "rejected", "approved_amount": 5}])
    assert broken_rules(dwd_after_sale, rows) == {"only_approved_has_amount"}


def test_an_approval_without_time_is_kept_and_reported():
    rows = requests(request(after_sale_status="approved", approved_amount=5))
    assert broken_rules(dwd_after_sale, rows) == {"approved_has_time"}
