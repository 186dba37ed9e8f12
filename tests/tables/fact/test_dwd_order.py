from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, blocking_rules, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_order import dwd_order

NOON = at("2026-01-10 12:00")


def order(order_no="A", **values):
    return {"order_no": order_no, "ordered_at": NOON, **values}


def line(line_no=1, order_no="A", **values):
    return {"order_no": order_no, "line_no": line_no, "ordered_at": NOON, **values}


def after(days: int):
    return DAY + timedelta(days=days)


def test_the_latest_of_repeated_and_late_versions_counts():
    rows = run_sql(
        dwd_order,
        {
            "ods_order": [
                order(order_status="created", updated_at=at("2026-01-10 12:00")),
                order(order_status="created", updated_at=at("2026-01-10 12:00")),
                order(order_status="shipped", updated_at=at("2026-01-12 08:00"), dt=after(2)),
                order(order_status="paid", updated_at=at("2026-01-11 09:00"), dt=after(3)),
            ]
        },
    )
    expect(rows, [{"order_no": "A", "order_status": "shipped", "dt": DAY}])


def test_an_order_first_delivered_three_days_late_is_on_its_own_day():
    rows = run_sql(dwd_order, {"ods_order": [order(dt=after(3))]})
    expect(rows, [{"order_no": "A", "dt": DAY}])


@pytest.mark.parametrize("delivered", [after(4), after(-1)])
def test_a_version_outside_the_three_days_is_not_seen_in_a_range_run_either(delivered):
    rows = run_sql(
        dwd_order,
        {"ods_order": [order(dt=delivered)]},
        Window.of_days(after(-5), after(5)),
    )
    assert rows == []


def test_repeated_lines_count_once_and_the_corrected_one_counts():
    rows = run_sql(
        dwd_order,
        {
            "ods_order": [order(payable_amount="25.00")],
            "ods_order_item": [
                line(1, pay_amount="10.00"),
                line(1, pay_amount="10.00"),
                line(2, pay_amount="99.00", updated_at=at("2026-01-10 12:00")),
                line(2, pay_amount="15.00", updated_at=at("2026-01-11 12:00"), dt=after(1)),
                line(2, pay_amount="98.00", updated_at=at("2026-01-10 13:00"), dt=after(2)),
            ],
        },
    )
    expect(rows, [{"line_count": 2, "line_pay_amount": "25.00"}])


@pytest.mark.parametrize("delivered", [after(4), after(-1)])
def test_a_line_outside_the_three_days_is_not_seen_in_a_range_run_either(delivered):
    rows = run_sql(
        dwd_order,
        {"ods_order": [order(dt=DAY)], "ods_order_item": [line(dt=delivered)]},
        Window.of_days(after(-5), after(5)),
    )
    expect(rows, [{"order_no": "A", "line_count": 0}])


def test_lines_of_another_currency_are_counted_but_never_added():
    rows = run_sql(
        dwd_order,
        {
            "ods_order": [order(payable_amount=5)],
            "ods_order_item": [line(1, pay_amount=5), line(2, pay_amount=7, currency="USD")],
        },
    )
    expect(rows, [{"line_count": 2, "line_pay_amount": 5}])


def test_an_order_without_lines_is_kept_and_reported():
    rows = run_sql(dwd_order, {"ods_order": [order()], "ods_order_item": [line(order_no="B")]})
    expect(rows, [{"order_no": "A", "line_count": 0, "line_pay_amount": 0}])
    assert broken_rules(dwd_order, rows) == {"has_lines"}


def test_a_free_order_breaks_nothing():
    rows = run_sql(
        dwd_order,
        {
            "ods_order": [order(goods_amount=30, discount_amount=30)],
            "ods_order_item": [line(pay_amount=0)],
        },
    )
    expect(rows, [{"payable_amount": 0, "line_count": 1}])
    assert broken_rules(dwd_order, rows) == set()


def test_the_day_is_that_of_the_business_zone():
    orders = [
        order("early", ordered_at=at("2026-01-10 00:00")),
        order("late", ordered_at=at("2026-01-10 23:59:59.999999")),
        order("next day", ordered_at=at("2026-01-11 00:00"), dt=after(1)),
    ]
    rows = run_sql(dwd_order, {"ods_order": orders})
    expect(rows, [{"order_no": "early"}, {"order_no": "late"}])


def test_the_night_on_which_clocks_change_is_one_day():
    """8 March 2026 has 23 hours in New York: from 05:00 UTC to 04:00 UTC the next day."""
    sunday = DAY.replace(month=3, day=8)
    orders = [
        order("saturday", ordered_at=at("2026-03-08 04:59:59", "Z"), dt=sunday),
        order("first", ordered_at=at("2026-03-08 05:00", "Z"), dt=sunday),
        order("last", ordered_at=at("2026-03-09 03:59:59", "Z"), dt=sunday),
        order("monday", ordered_at=at("2026-03-09 04:00", "Z"), dt=sunday + timedelta(days=1)),
    ]
    rows = run_sql(dwd_order, {"ods_order": orders}, Window.of_day(sunday), "America/New_York")
    expect(rows, [{"order_no": "first", "dt": sunday}, {"order_no": "last", "dt": sunday}])


def test_no_orders():
    assert run_sql(dwd_order, {"ods_order_item": [line()]}) == []


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"goods_amount": 10, "payable_amount": 11, "line_pay_amount": 11}, "payable_adds_up"),
        ({"line_pay_amount": 1}, "lines_sum_to_order"),
        ({"paid_at": NOON - timedelta(seconds=1)}, "events_in_order"),
        ({"shipped_at": NOON, "paid_at": NOON + timedelta(seconds=1)}, "events_in_order"),
        ({"order_status": "cancelled"}, "cancelled_has_time"),
        ({"cancelled_at": NOON, "delivered_at": NOON}, "cancelled_stays"),
    ],
)
def test_what_is_wrong_with_an_order_is_reported(values, broken):
    plain = run_sql(dwd_order, {"ods_order": [order()], "ods_order_item": [line()]})[0]
    assert broken_rules(dwd_order, [plain]) == set()
    assert broken_rules(dwd_order, [{**plain, **values}]) == {broken}
    assert broken not in blocking_rules(dwd_order)
