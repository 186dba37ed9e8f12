from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_payment import dwd_payment

NOON = at("2026-01-10 12:00")


def payment(payment_no="P1", **values):
    return {
        "payment_no": payment_no,
        "order_no": "A",
        "payment_status": "captured",
        "paid_at": NOON,
        "updated_at": NOON,
        **values,
    }


def after(days: int):
    return DAY + timedelta(days=days)


def test_a_split_payment_is_two_rows():
    payments = [payment("P1", payment_amount="70.00"), payment("P2", payment_amount="30.00")]
    rows = run_sql(dwd_payment, {"ods_payment": payments})
    expect(
        rows,
        [
            {"payment_no": "P1", "order_no": "A", "paid_amount": "70.00"},
            {"payment_no": "P2", "order_no": "A", "paid_amount": "30.00"},
        ],
    )
    assert broken_rules(dwd_payment, rows) == set()


def test_a_payment_counts_on_the_day_of_capture_not_of_delivery_or_beginning():
    begun = at("2026-01-09 23:59")
    late = payment(created_at=begun, paid_at=at("2026-01-10 00:00"), dt=after(2))
    rows = run_sql(dwd_payment, {"ods_payment": [late]}, Window.of_days(after(-1), after(3)))
    expect(rows, [{"payment_no": "P1", "dt": DAY}])


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_what_was_not_captured_is_not_here(status):
    rows = run_sql(dwd_payment, {"ods_payment": [payment(payment_status=status)]})
    assert rows == []


def test_pending_then_captured_is_captured_whatever_arrives_last():
    versions = [
        payment(),
        payment(
            payment_status="pending", paid_at=None, updated_at=NOON - timedelta(1), dt=after(1)
        ),
        payment(),
    ]
    expect(run_sql(dwd_payment, {"ods_payment": versions}), [{"payment_no": "P1"}])


def test_a_capture_taken_back_within_three_days_is_not_here():
    back = payment(payment_status="failed", updated_at=NOON + timedelta(1))
    twice = [{**back, "dt": after(1)}, {**back, "dt": after(2)}]
    assert run_sql(dwd_payment, {"ods_payment": [payment(), *twice]}) == []


def test_a_range_run_does_not_see_what_a_single_day_cannot():
    back = payment(payment_status="failed", updated_at=NOON + timedelta(4), dt=after(4))
    before = payment(payment_status="failed", updated_at=NOON + timedelta(1), dt=after(-1))
    late, early = payment("P2", dt=after(4)), payment("P3", dt=after(-1))
    rows = run_sql(
        dwd_payment,
        {"ods_payment": [payment(dt=DAY), back, before, late, early]},
        Window.of_days(after(-1), after(5)),
    )
    expect(rows, [{"payment_no": "P1"}])


def test_the_corrected_amount_counts():
    versions = [
        payment(payment_amount=10),
        payment(payment_amount=12, updated_at=NOON + timedelta(hours=2), dt=after(1)),
        payment(payment_amount=11, updated_at=NOON + timedelta(hours=1), dt=after(2)),
    ]
    expect(run_sql(dwd_payment, {"ods_payment": versions}), [{"paid_amount": 12}])


def test_no_payments():
    assert run_sql(dwd_payment, {}) == []
