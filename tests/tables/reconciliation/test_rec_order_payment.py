from datetime import timedelta

from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, at, expect
from warehouse_assets.reconciliation.rec_order_payment import rec_order_payment

NEXT_DAY = DAY + timedelta(days=1)


def order(number, payable, paid_at="2026-01-10 12:00", **values):
    """The order as it is in the change log once it is paid."""
    return {"order_no": number, "payable_amount": payable, "paid_at": at(paid_at), **values}


def unpaid(number, payable, status="cancelled", **values):
    """The order as the fact has it, three days after it was placed."""
    return {"order_no": number, "payable_amount": payable, "order_status": status, **values}


def payment(number, order_no, amount, **values):
    return {"payment_no": number, "order_no": order_no, "paid_amount": amount, **values}


def compare(*days):
    names = ("ods_order", "dwd_payment", "dwd_order")
    return run_days(rec_order_payment, *(dict(zip(names, day, strict=False)) for day in days))


def test_an_order_may_be_paid_in_several_payments():
    [rows] = compare(([order("O1", 30)], [payment("P1", "O1", 10), payment("P2", "O1", 20)]))
    expect(
        rows,
        [
            {
                "item_id": "left:O1",
                "state": "matched",
                "left_amount": 30,
                "right_amount": 30,
                "right_count": 2,
            }
        ],
    )


def test_interest_of_instalments_is_apart():
    paid = payment("P1", "O1", 30, installment_count=3, installment_interest_amount="0.45")
    [rows] = compare(([order("O1", 30)], [paid]))
    expect(rows, [{"state": "matched", "right_amount": 30}])


def test_a_cent_is_tolerated_and_two_are_not():
    [rows] = compare(
        (
            [order("O1", 10), order("O2", 10)],
            [payment("P1", "O1", "9.99"), payment("P2", "O2", "10.02")],
        )
    )
    expect(
        rows,
        [
            {
                "left_key": "O1",
                "state": "matched_within_tolerance",
                "explanation": "paid 0.01 CNY less than ordered, which is tolerated",
            },
            {
                "left_key": "O2",
                "state": "amount_mismatch",
                "explanation": "paid 0.02 CNY more than ordered",
            },
        ],
    )


def test_an_order_is_due_on_the_date_it_was_paid():
    """It was placed two days before; the version that says it is paid comes a day late."""
    late = order("O1", 10, ordered_at=at("2026-01-08 12:00"), dt=NEXT_DAY)
    [rows] = compare(([late], [payment("P1", "O1", 10)]))
    expect(rows, [{"state": "matched", "left_date": DAY, "right_date": DAY}])


def test_payments_before_and_after_midnight_are_one_order():
    first, second = compare(
        ([], [payment("P1", "O1", 10)]),
        ([order("O1", 30, "2026-01-11 00:05")], [payment("P2", "O1", 20)]),
    )
    expect(
        first,
        [
            {
                "item_id": "right:P1",
                "state": "right_only",
                "standing": "open",
                "explanation": "paid 10.00 CNY, not ordered",
            }
        ],
    )
    expect(
        second,
        [{"item_id": "right:P1", "state": "matched", "right_count": 2, "first_date": DAY}],
    )


def test_an_order_that_was_never_paid_for_is_overdue_after_a_day():
    first, second, third = compare(([order("O1", 10)], []), ([], []), ([], []))
    expect(
        first,
        [
            {
                "state": "left_only",
                "standing": "open",
                "due_date": NEXT_DAY,
                "explanation": "ordered 10.00 CNY, not paid",
            }
        ],
    )
    expect(second, [{"state": "left_only", "standing": "carried", "age_days": 1}])
    expect(third, [{"state": "left_only", "standing": "overdue", "age_days": 2}])


def test_money_for_an_order_that_says_it_was_not_paid_is_a_matter_of_status():
    [rows] = compare(([], [payment("P1", "O1", 10)], [unpaid("O1", 10)]))
    expect(
        rows,
        [
            {
                "state": "status_mismatch",
                "left_status": "cancelled",
                "right_status": "captured",
                "explanation": "ordered: cancelled; paid: captured",
            }
        ],
    )


def test_a_part_of_the_money_for_an_order_that_is_not_paid_yet_waits_for_the_rest():
    first, second = compare(
        ([], [payment("P1", "O1", 10)], [unpaid("O1", 30, "created")]),
        ([], [payment("P2", "O1", 20)]),
    )
    expect(first, [{"state": "right_only", "explanation": "paid 10.00 CNY, not ordered"}])
    expect(
        second, [{"state": "status_mismatch", "explanation": "ordered: created; paid: captured"}]
    )


def test_unpaid_orders_and_those_that_owe_nothing_need_no_payment():
    [rows] = compare(([order("O1", 0)], [], [unpaid("O2", 10)]))
    assert rows == []


def test_an_order_paid_in_another_currency_is_found():
    [rows] = compare(([order("O1", 10)], [payment("P1", "O1", 10, currency="USD")]))
    expect(
        rows,
        [{"state": "currency_mismatch", "explanation": "ordered 10.00 CNY, paid 10.00 USD"}],
    )


def test_a_second_payment_of_a_paid_order_is_a_duplicate():
    _, rows = compare(
        ([order("O1", 10)], [payment("P1", "O1", 10)]), ([], [payment("P2", "O1", 10)])
    )
    expect(
        rows,
        [
            {
                "item_id": "right:P2",
                "state": "duplicate_right",
                "explanation": "paid again: 10.00 CNY",
            }
        ],
    )
