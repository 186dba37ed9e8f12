from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, SHANGHAI, at, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_revenue_bridge import ads_revenue_bridge
from warehouse_assets.fact.dwd_cancellation import dwd_cancellation
from warehouse_assets.fact.dwd_financial import dwd_financial

TOMORROW = DAY + timedelta(days=1)
THREE_DAYS = timedelta(days=3)
TWO_DAYS = Window.of_days(DAY, TOMORROW)


def order(order_no: str, amount: Any, dt: date = DAY, **values: Any) -> dict[str, Any]:
    return {"order_no": order_no, "payable_amount": amount, "dt": dt, **values}


def payment(order_no: str, amount: Any, dt: date = DAY, **values: Any) -> dict[str, Any]:
    paid_at = values.pop("paid_at", datetime.combine(dt, time(12), ZoneInfo(SHANGHAI)))
    number = f"{order_no} {amount} {paid_at}"
    return {"payment_no": number, "order_no": order_no, "paid_amount": amount, "dt": dt,
            "paid_at": paid_at, **values}  # fmt: skip


def bridge(orders, payments, window=TWO_DAYS):
    """The bridge over the money events that dwd_financial makes of orders and payments."""
    inputs = {"dwd_order": orders, "dwd_payment": payments}
    days = [DAY, TOMORROW, *(row["dt"] for row in [*orders, *payments])]
    known = Window.of_days(min(days), max(days) + THREE_DAYS)
    cancelled = run_sql(dwd_cancellation, inputs, known)
    events = run_sql(dwd_financial, {**inputs, "dwd_cancellation": cancelled}, known)
    return run_sql(ads_revenue_bridge, {"dwd_financial": events}, window)


def figures(dt, opening, ordered, cancelled, paid, closing, currency="CNY"):
    return {
        "currency": currency,
        "opening_amount": opening,
        "ordered_amount": ordered,
        "cancelled_amount": cancelled,
        "paid_amount": paid,
        "closing_amount": closing,
        "dt": dt,
    }


def expect_bridge(rows, *expected):
    expect(rows, list(expected))
    assert broken_rules(ads_revenue_bridge, rows) == set()


def test_ordered_today_paid_tomorrow():
    rows = bridge([order("A", "10.10")], [payment("A", "10.10", TOMORROW)])
    expect_bridge(
        rows,
        figures(DAY, 0, "10.10", 0, 0, "10.10"),
        figures(TOMORROW, "10.10", 0, 0, "10.10", 0),
    )


def test_a_split_payment_leaves_the_rest_open():
    payments = [payment("A", 4), payment("A", 6, TOMORROW)]
    rows = bridge([order("A", 10)], payments)
    expect_bridge(rows, figures(DAY, 0, 10, 0, 4, 6), figures(TOMORROW, 6, 0, 0, 6, 0))


def test_a_cancelled_order_loses_what_was_unpaid_then():
    """Of 10, 3 are paid, then the order is cancelled, then 2 more are captured by mistake."""
    cancelled = order("A", 10, cancelled_at=at("2026-01-11 09:00"))
    payments = [payment("A", 3), payment("A", 2, TOMORROW, paid_at=at("2026-01-11 09:01"))]
    rows = bridge([cancelled], payments)
    expect_bridge(rows, figures(DAY, 0, 10, 0, 3, 7), figures(TOMORROW, 7, 0, 7, 2, -2))


def test_cancelling_a_paid_order_takes_nothing_from_the_unpaid():
    cancelled = order("A", 10, cancelled_at=at("2026-01-11 09:00"))
    rows = bridge([cancelled], [payment("A", 12)])
    expect_bridge(rows, figures(DAY, 0, 10, 0, 12, -2), figures(TOMORROW, -2, 0, 0, 0, -2))


def test_a_cancellation_after_the_day_is_not_known_that_day():
    cancelled = order("A", 10, cancelled_at=at("2026-01-11 00:00"))
    expect_bridge(bridge([cancelled], [], Window.of_day(DAY)), figures(DAY, 0, 10, 0, 0, 10))


def test_an_order_cancelled_before_it_was_placed_comes_and_goes_on_its_day():
    confused = order("A", 10, TOMORROW, cancelled_at=at("2026-01-10 09:00"))
    expect_bridge(bridge([confused], []), figures(TOMORROW, 0, 10, 10, 0, 0))


def test_money_for_an_order_that_is_not_known_yet_is_owed_until_it_comes():
    rows = bridge([order("A", 10, TOMORROW)], [payment("A", 10)])
    expect_bridge(rows, figures(DAY, 0, 0, 0, 10, -10), figures(TOMORROW, -10, 10, 0, 0, 0))


def test_money_in_another_currency_pays_nothing():
    rows = bridge([order("A", 10)], [payment("A", 10, currency="USD")], Window.of_day(DAY))
    expect_bridge(
        rows,
        figures(DAY, 0, 10, 0, 0, 10),
        figures(DAY, 0, 0, 0, 10, -10, currency="USD"),
    )


def test_money_in_another_currency_leaves_all_of_the_order_to_cancel():
    cancelled = order("A", 10, cancelled_at=at("2026-01-10 13:00"))
    rows = bridge([cancelled], [payment("A", 10, currency="USD")], Window.of_day(DAY))
    expect_bridge(
        rows,
        figures(DAY, 0, 10, 10, 0, 0),
        figures(DAY, 0, 0, 0, 10, -10, currency="USD"),
    )


def test_a_free_order_moves_nothing():
    expect_bridge(bridge([order("A", 0)], []), figures(DAY, 0, 0, 0, 0, 0))


def test_a_balance_stands_on_days_without_movements():
    old = order("A", 10, DAY - timedelta(days=30))
    rows = bridge([old], [])
    expect_bridge(rows, figures(DAY, 10, 0, 0, 0, 10), figures(TOMORROW, 10, 0, 0, 0, 10))


def test_no_orders_and_no_payments():
    assert bridge([], []) == []


def test_an_order_that_stands_on_two_dates_breaks_the_bridge():
    rows = bridge([order("A", 10), order("A", 10, TOMORROW)], [])
    expect(rows, [figures(DAY, 0, 10, 0, 0, 10), figures(TOMORROW, 10, 10, 0, 0, 10)])
    assert broken_rules(ads_revenue_bridge, rows) == {"bridge_ties"}


# An order is known for three days, so all of an order happens within four.
HOURS = st.integers(0, 24 * 4 - 1)
CENTS = st.integers(0, 500).map(lambda cents: Decimal(cents) / 100)
MIDNIGHT = datetime.combine(DAY, time(0), ZoneInfo(SHANGHAI))


def instant(hour: int) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


@st.composite
def shops(draw):
    """Orders, each known once, and payments, some for orders nobody knows."""
    orders = [
        order(
            number,
            draw(CENTS),
            instant(draw(HOURS)).date(),
            cancelled_at=draw(st.none() | HOURS.map(instant)),
        )
        for number in draw(st.sets(st.sampled_from("ABC")))
    ]
    payments = []
    for number in range(draw(st.integers(0, 5))):
        paid_at = instant(draw(HOURS))
        paid = payment(draw(st.sampled_from("ABCX")), draw(CENTS), paid_at.date(), paid_at=paid_at)
        payments.append({**paid, "payment_no": str(number)})
    return orders, payments


def unpaid(orders, payments, day: date) -> Decimal:
    """The balance at the end of a day, read straight from the rows."""
    balance = -sum((p["paid_amount"] for p in payments if p["dt"] <= day), Decimal(0))
    for known in orders:
        cancelled_at = known["cancelled_at"]
        if known["dt"] > day:
            continue
        if cancelled_at is None or cancelled_at.date() > day:
            balance += known["payable_amount"]
            continue
        own = (p for p in payments if p["order_no"] == known["order_no"])
        before = sum((p["paid_amount"] for p in own if p["paid_at"] <= cancelled_at), Decimal(0))
        balance += min(known["payable_amount"], before)
    return balance


@given(shops())
@settings(max_examples=40, deadline=None)
def test_every_balance_is_what_the_rows_say_and_the_bridge_ties(shop):
    orders, payments = shop
    rows = bridge(orders, payments, Window.of_days(DAY, DAY + timedelta(days=5)))
    assert broken_rules(ads_revenue_bridge, rows) == set()
    assert bool(rows) == bool(orders or payments)
    for row in rows:
        assert row["closing_amount"] == unpaid(orders, payments, row["dt"])
        assert row["opening_amount"] == unpaid(orders, payments, row["dt"] - timedelta(days=1))
