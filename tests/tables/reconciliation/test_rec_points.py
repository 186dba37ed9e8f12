import pytest

from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, at, expect
from warehouse_assets.reconciliation.rec_points import rec_points


def entry(entry_type, points, no="E1", **values):
    return {
        "points_entry_no": no,
        "user_id": 7,
        "entry_type": entry_type,
        "business_no": "A",
        "points": points,
        **values,
    }


def order(**values):
    return {"order_no": "A", "user_id": 7, "payable_amount": "59.99", **values}


def results(entries=(), orders=(), day=DAY, earlier=()):
    inputs = {"dwd_points_entry": entries, "dwd_order": orders}
    return run_day(rec_points, inputs, day, earlier)


def test_an_order_burns_points_returns_them_and_earns_some():
    delivered = order(points_used=120, delivered_at=at("2026-01-11 10:00"))
    placed = results([entry("burnt", 120)], [delivered])
    expect(placed, [{"state": "matched", "currency": "XXX", "left_key": "7|A|burnt"}])
    expect(
        results([entry("earned", 5, dt=NEXT)], [delivered], NEXT, placed),
        [{"state": "matched", "right_amount": "5"}],
    )
    cancelled = order(points_used=120, cancelled_at=at("2026-01-11 10:00"))
    expect(
        results([entry("returned", 120, dt=NEXT)], [cancelled], NEXT, placed),
        [{"state": "matched", "right_id": "A:returned"}],
    )


def test_points_burnt_that_are_not_told_are_closed_when_they_are():
    missing = results(orders=[order(points_used=120)])
    expect(
        missing,
        [
            {
                "state": "right_only",
                "due_date": NEXT,
                "explanation": "counted on the order 120.00, not entered as points",
            }
        ],
    )
    expect(
        results([entry("burnt", 120, dt=NEXT)], [order(points_used=120)], NEXT, missing),
        [{"state": "timing", "is_open": False}],
    )


def test_more_points_are_burnt_than_the_order_says():
    expect(
        results([entry("burnt", 121)], [order(points_used=120)]),
        [
            {
                "state": "amount_mismatch",
                "explanation": "counted on the order 1.00 less than entered as points",
            }
        ],
    )


def test_points_of_another_user_are_on_either_side_alone():
    rows = results([entry("burnt", 120, user_id=8)], [order(points_used=120)])
    expect(rows, [{"state": "left_only"}, {"state": "right_only"}])


@pytest.mark.parametrize(("paid", "points"), [("9.99", 0), ("10.00", 1), ("109.99", 10)])
def test_a_point_is_earned_with_every_full_ten(paid, points):
    delivered = order(payable_amount=paid, delivered_at=at("2026-01-10 10:00"))
    expect(
        [row for row in results(orders=[delivered]) if points],
        [{"state": "right_only", "right_amount": points}] if points else [],
    )


def test_points_that_expire_are_not_compared():
    assert results([entry("expired", 5)]) == []
