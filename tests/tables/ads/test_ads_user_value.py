from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_user_value import ads_user_value


def user_day(days_ago=0, orders=0, paid=0, refunded=0, **values):
    return {
        "user_id": 1,
        "order_count": orders,
        "paid_amount": paid,
        "refund_amount": refunded,
        "net_revenue": paid - refunded,
        "dt": DAY - timedelta(days=days_ago),
        **values,
    }


def value(*user_days, window=None):
    inputs = {"dws_user_1d": list(user_days)}
    rows = run_sql(ads_user_value, inputs, window or Window.of_day(DAY))
    assert broken_rules(ads_user_value, rows) == set()
    return rows


def test_ninety_days_and_all():
    rows = value(user_day(200, 2, 50), user_day(89, 1, 30), user_day(3, 0, 0, 10), user_day(1, 1))
    expect(
        rows,
        [
            {
                "user_id": 1,
                "last_90_days_order_count": 2,
                "last_90_days_paid_amount": 30,
                "last_90_days_refund_amount": 10,
                "last_90_days_net_amount": 20,
                "lifetime_order_count": 4,
                "lifetime_paid_amount": 80,
                "lifetime_refund_amount": 10,
                "lifetime_net_amount": 70,
                "last_ordered_date": DAY - timedelta(days=1),
                "dt": DAY,
            }
        ],
    )


def test_ninety_days_are_looked_at_and_not_one_more():
    expect(value(user_day(89, 1)), [{"last_90_days_order_count": 1}])
    assert value(user_day(90, 1)) == []


def test_a_refund_long_after_the_order_keeps_the_user_here():
    rows = value(user_day(120, 1, 30), user_day(0, 0, 0, 30))
    expect(
        rows,
        [
            {
                "last_90_days_order_count": 0,
                "last_90_days_refund_amount": 30,
                "lifetime_paid_amount": 30,
                "last_ordered_date": DAY - timedelta(days=120),
            }
        ],
    )


def test_a_user_who_never_ordered_has_no_last_order():
    expect(value(user_day(1, 0, 5)), [{"last_ordered_date": None, "lifetime_paid_amount": 5}])


def test_currencies_are_rows_of_their_own():
    rows = value(user_day(1, 1, 5), user_day(1, 1, 6, currency="USD"))
    expect(
        rows,
        [
            {"currency": "CNY", "lifetime_paid_amount": 5},
            {"currency": "USD", "lifetime_paid_amount": 6},
        ],
    )


@given(st.dictionaries(st.integers(-2, 120), st.integers(1, 9), max_size=12))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_any_days_sum_up_to_what_they_are(paid):
    window = Window.of_days(DAY - timedelta(days=3), DAY)
    rows = value(*(user_day(ago, 1, amount) for ago, amount in paid.items()), window=window)
    days = {DAY - timedelta(days=ago): Decimal(amount) for ago, amount in paid.items()}
    expected = []
    for day in window:
        recent = [each for each in days if timedelta(0) <= day - each < timedelta(days=90)]
        if recent:
            known = [each for each in days if each <= day]
            expected.append(
                {
                    "dt": day,
                    "last_90_days_paid_amount": sum(days[each] for each in recent),
                    "lifetime_paid_amount": sum(days[each] for each in known),
                    "last_ordered_date": max(known),
                }
            )
    expect(rows, expected)
