from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, expect, run_sql
from warehouse_assets.fact.dws_user_recent_orders import dws_user_recent_orders


def order(order_no, amount, days_ago=0, **values):
    return {
        "order_no": order_no,
        "user_id": 1,
        "payable_amount": amount,
        "ordered_at": at("2026-01-10 12:00") - timedelta(days=days_ago),
        "dt": DAY - timedelta(days=days_ago),
        **values,
    }


def recent(*orders, window=None):
    inputs = {"dwd_order": list(orders)}
    return run_sql(dws_user_recent_orders, inputs, window or Window.of_day(DAY))


def test_the_mean_of_the_last_three_orders():
    rows = recent(
        order("D", "1000.00", 9), order("C", "10.00", 5), order("B", "20.00", 3), order("A", "0.01")
    )
    expect(
        rows,
        [
            {
                "user_id": 1,
                "recent_order_count": 3,
                "recent_mean_amount": "10.00",
                "last_ordered_at": at("2026-01-10 12:00"),
                "dt": DAY,
            }
        ],
    )


@pytest.mark.parametrize(
    ("amounts", "mean"),
    [(["0.01", "0.02"], "0.02"), (["0.01", "0.01", "0.02"], "0.01"), (["5.00"], "5.00")],
)
def test_the_mean_is_rounded_half_away_from_zero_to_the_cent(amounts, mean):
    rows = recent(*(order(str(n), amount) for n, amount in enumerate(amounts)))
    expect(rows, [{"recent_order_count": len(amounts), "recent_mean_amount": mean}])


def test_thirty_days_are_looked_at_and_not_one_more():
    expect(recent(order("A", 5, 29)), [{"recent_order_count": 1}])
    assert recent(order("A", 5, 30)) == []


def test_a_range_run_does_not_look_further_back_than_its_days():
    window = Window.of_days(DAY - timedelta(days=1), DAY)
    expect(recent(order("A", 5, 30), window=window), [{"dt": window.start}])


def test_cancelled_orders_do_not_count_and_free_ones_do():
    cancelled = order("C", 99, order_status="cancelled")
    rows = recent(order("A", 8, 2), order("B", 0, 1), cancelled)
    expect(rows, [{"recent_order_count": 2, "recent_mean_amount": 4}])


def test_orders_of_the_same_instant_are_taken_by_number():
    same = {"ordered_at": at("2026-01-10 12:00")}
    orders = [order(name, n, **same) for n, name in enumerate("ABCD", 1)]
    expect(recent(*orders), [{"recent_mean_amount": 3}])
    expect(recent(*reversed(orders)), [{"recent_mean_amount": 3}])


def test_a_range_sees_each_day_as_it_was():
    window = Window.of_days(DAY - timedelta(days=1), DAY)
    rows = recent(order("A", 10, 1), order("B", 20, 0), window=window)
    expect(
        rows,
        [
            {"dt": window.start, "recent_order_count": 1, "recent_mean_amount": 10},
            {"dt": DAY, "recent_order_count": 2, "recent_mean_amount": 15},
        ],
    )


def test_currencies_are_rows_of_their_own():
    rows = recent(order("A", 10), order("B", 2, currency="USD"))
    expect(
        rows,
        [
            {"currency": "CNY", "recent_mean_amount": 10},
            {"currency": "USD", "recent_mean_amount": 2},
        ],
    )
