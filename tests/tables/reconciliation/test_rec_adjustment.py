from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_adjustment import rec_adjustment

INPUT = "dwd_manual_adjustment"


def adjustment(no="J1", rule="rec_payment_bill", **values):
    return {
        "adjustment_no": no,
        "reconciliation_rule": rule,
        "reconciliation_item": "left:P1",
        "amount": "5.00",
        "is_approved": True,
        **values,
    }


def test_one_that_names_a_rule_is_heard_by_it():
    (rows,) = run_days(rec_adjustment, {INPUT: [adjustment()]})
    expect(rows, [{"state": "matched", "left_id": "J1", "is_open": False}])


def test_one_that_names_no_item_and_one_that_is_not_approved_are_not_for_a_rule():
    others = [adjustment(rule=None), adjustment("J2", "payment_bill", is_approved=False)]
    (rows,) = run_days(rec_adjustment, {INPUT: others})
    assert rows == []


def test_one_that_names_a_rule_that_is_not_there_is_an_item_until_it_is_taken_back():
    back = adjustment("J2", "rec_adjustment", reconciliation_item="left:J1")
    first, second, third = run_days(
        rec_adjustment, {INPUT: [adjustment(rule="payment_bill")]}, {INPUT: []}, {INPUT: [back]}
    )
    item = {
        "item_id": "left:J1",
        "state": "left_only",
        "open_amount": "5.00",
        "first_date": DAY,
        "explanation": "adjusted 5.00 CNY, not assigned to a rule",
    }
    expect(first, [{**item, "standing": "open"}])
    expect(second, [{**item, "standing": "carried"}])
    closed = {"is_open": False, "open_amount": "0.00"}
    expect(
        third,
        [
            {"item_id": "left:J1", "state": "adjusted", **closed},
            {"item_id": "left:J2", "state": "matched", **closed},
        ],
    )
