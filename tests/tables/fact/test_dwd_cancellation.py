from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_cancellation import dwd_cancellation

NOON = at("2026-01-10 12:00")
YESTERDAY = DAY - timedelta(days=1)


def order(**values):
    return {"order_no": "A", "user_id": 7, "payable_amount": 100, "cancelled_at": NOON, **values}


def payment(payment_no, paid_amount, paid_at, **values):
    return {"payment_no": payment_no, "order_no": "A", "paid_amount": paid_amount,
            "paid_at": at(paid_at), **values}  # fmt: skip


def cancellations(orders, payments=(), window=None):
    inputs = {"dwd_order": orders, "dwd_payment": payments}
    rows = run_sql(dwd_cancellation, inputs, window or Window.of_day(DAY))
    assert broken_rules(dwd_cancellation, rows) == set()
    return rows


def test_what_was_not_paid_until_then_is_cancelled():
    payments = [
        payment("P1", 30, "2026-01-09 20:00", dt=YESTERDAY),
        payment("P2", 9, "2026-01-10 12:00", currency="USD", dt=YESTERDAY),
        payment("P3", 5, "2026-01-10 12:01"),
    ]
    expect(
        cancellations([order(dt=YESTERDAY)], payments),
        [
            {
                "order_no": "A",
                "user_id": 7,
                "payable_amount": 100,
                "cancelled_amount": 70,
                "currency": "CNY",
                "cancelled_at": NOON,
                "dt": DAY,
            }
        ],
    )


def test_of_an_order_cancelled_when_more_was_paid_nothing_is_cancelled():
    paid = payment("P1", 120, "2026-01-09 20:00", dt=YESTERDAY)
    expect(cancellations([order(dt=YESTERDAY)], [paid]), [{"order_no": "A", "cancelled_amount": 0}])


def test_an_order_cancelled_before_it_was_placed_is_cancelled_on_its_day():
    cancelled = order(cancelled_at=at("2026-01-09 12:00"), dt=DAY)
    rows = cancellations([cancelled], window=Window.of_days(YESTERDAY, DAY))
    expect(rows, [{"order_no": "A", "dt": DAY}])


def test_an_order_that_stands_on_two_days_is_cancelled_once_as_of_the_later_one():
    orders = [order(), order(payable_amount=40, dt=YESTERDAY)]
    expect(cancellations(orders), [{"order_no": "A", "cancelled_amount": 100}])


def test_a_cancellation_four_days_after_the_order_is_not_known():
    assert cancellations([order(dt=DAY - timedelta(days=4))]) == []
    assert cancellations([order(cancelled_at=None)]) == []
