from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import expect
from warehouse_assets.reconciliation.rec_seller_payout import rec_seller_payout

SETTLEMENT = {"settlement_no": "S1", "seller_payable_amount": 80, "currency": "CNY"}
ENTRY = {
    "entry_no": "B1",
    "direction": "out",
    "bank_reference": "S1",
    "amount": 80,
    "currency": "CNY",
}


def test_a_settlement_is_open_until_it_is_paid_out():
    first, second = run_days(
        rec_seller_payout, {"ods_settlement": [SETTLEMENT]}, {"dwd_bank_entry": [ENTRY]}
    )
    expect(
        first,
        [{"left_id": "S1", "state": "left_only", "explanation": "settled 80.00 CNY, not paid out"}],
    )
    expect(second, [{"left_id": "S1", "right_id": "B1", "state": "timing", "is_open": False}])


def test_a_settlement_that_is_paid_out_twice_or_otherwise():
    days = run_days(
        rec_seller_payout,
        {"ods_settlement": [SETTLEMENT], "dwd_bank_entry": [{**ENTRY, "amount": 81}]},
        {"dwd_bank_entry": [{**ENTRY, "entry_no": "B2"}]},
    )
    expect(
        days[-1],
        [
            {"left_id": "S1", "state": "amount_mismatch", "open_amount": -1},
            {"left_id": None, "state": "duplicate_right", "open_amount": -80},
        ],
    )


def test_what_leaves_nothing_is_not_due_and_other_entries_are_not_compared():
    [results] = run_days(
        rec_seller_payout,
        {
            "ods_settlement": [{**SETTLEMENT, "seller_payable_amount": -3}],
            "dwd_bank_entry": [
                {**ENTRY, "direction": "in"},
                {**ENTRY, "entry_no": "B2", "bank_reference": "P7"},
            ],
        },
    )
    assert results == []
