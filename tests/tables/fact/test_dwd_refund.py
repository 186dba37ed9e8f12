from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_refund import dwd_refund

NOON = at("2026-01-10 12:00")


def after(days):
    return DAY + timedelta(days=days)


def refund(refund_no="R1", **values):
    return {
        "refund_no": refund_no,
        "payment_no": "P1",
        "order_no": "A",
        "refund_status": "succeeded",
        "created_at": NOON,
        "refunded_at": NOON,
        "updated_at": NOON,
        "dt": DAY,
        **values,
    }


def payment(payment_no="P1", days=0):
    return {"payment_no": payment_no, "order_no": "A", "dt": after(days)}


def refunds(*delivered, payments=(), window=None):
    inputs = {"ods_refund": list(delivered), "dwd_payment": list(payments)}
    return run_sql(dwd_refund, inputs, window or Window.of_day(DAY))


def test_a_refund_of_a_split_payment_knows_the_day_of_its_own_payment():
    rows = refunds(
        refund("R1", payment_no="P2", refund_amount="30.00"),
        payments=[payment("P1", -3), payment("P2", -1)],
    )
    expect(
        rows,
        [{"refund_no": "R1", "payment_no": "P2", "refund_amount": "30.00", "paid_date": after(-1),
          "dt": DAY}],
    )  # fmt: skip
    assert broken_rules(dwd_refund, rows) == set()


def test_a_refund_over_two_days_is_a_row_on_each_and_neither_holds_both():
    second = at("2026-01-11 00:00")
    rows = refunds(
        refund("R1", refund_amount=4),
        refund("R2", refund_amount=6, refunded_at=second, updated_at=second, dt=after(1)),
        payments=[payment()],
        window=Window.of_days(DAY, after(1)),
    )
    expect(
        rows,
        [
            {"refund_no": "R1", "refund_amount": 4, "paid_date": DAY, "dt": DAY},
            {"refund_no": "R2", "refund_amount": 6, "paid_date": DAY, "dt": after(1)},
        ],
    )


def test_a_refund_counts_when_the_money_went_back_not_when_it_was_begun():
    begun = refund(refund_status="pending", refunded_at=None, updated_at=NOON - timedelta(1),
                   created_at=NOON - timedelta(1), dt=after(-1))  # fmt: skip
    rows = refunds(begun, refund(), window=Window.of_days(after(-1), after(1)))
    expect(rows, [{"refund_no": "R1", "dt": DAY}])


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_what_did_not_succeed_is_not_here(status):
    assert refunds(refund(refund_status=status)) == []


def test_a_refund_that_bounced_afterwards_is_not_here():
    bounced = refund(refund_status="failed", updated_at=NOON + timedelta(1), dt=after(1))
    assert refunds(refund(), bounced, payments=[payment()]) == []


def test_a_refund_delivered_twice_or_late_is_one_row_on_its_day():
    rows = refunds(
        refund(),
        refund(),
        refund(dt=after(3)),
        payments=[payment()],
        window=Window.of_days(DAY, after(3)),
    )
    expect(rows, [{"refund_no": "R1", "dt": DAY}])


def test_the_corrected_amount_counts():
    corrected = refund(refund_amount=12, updated_at=NOON + timedelta(hours=1), dt=after(1))
    expect(refunds(refund(refund_amount=10), corrected), [{"refund_amount": 12}])


def test_a_refund_of_an_unknown_payment_is_kept_and_reported():
    rows = refunds(refund(payment_no="nobody's"), payments=[payment()])
    expect(rows, [{"refund_no": "R1", "paid_date": None}])
    assert broken_rules(dwd_refund, rows) == {"payment_known"}


def test_a_range_run_does_not_see_payments_that_a_single_day_cannot():
    rows = refunds(
        refund(),
        payments=[payment(days=1), payment(days=-90)],
        window=Window.of_days(after(-1), after(1)),
    )
    expect(rows, [{"refund_no": "R1", "paid_date": None}])


def test_a_payment_that_stands_on_two_days_does_not_double_its_refund():
    rows = refunds(refund(), payments=[payment(days=-2), payment(days=-1)])
    expect(rows, [{"refund_no": "R1", "paid_date": after(-1)}])


def test_no_refunds():
    assert refunds(payments=[payment()]) == []


def test_a_chargeback_is_a_refund_without_after_sale():
    rows = refunds(
        refund(refund_type="chargeback", after_sale_no=None, payment_no="P1"),
        payments=[payment()],
    )
    expect(rows, [{"refund_type": "chargeback", "after_sale_no": None, "dt": DAY}])
    assert broken_rules(dwd_refund, rows) == set()
