"""The day of each rule in figures."""

from datetime import timedelta

from tests.tables.run_sql import DAY, expect, run_sql
from warehouse_assets.ads.ads_reconciliation_diff_rate import ads_reconciliation_diff_rate

BEFORE = DAY - timedelta(days=2)


def result(item_id, state, standing, **values):
    return {
        "item_id": item_id,
        "state": state,
        "standing": standing,
        "is_open": standing != "closed",
        "currency": "CNY",
        "left_amount": 10,
        "right_amount": 10,
        "open_amount": 0,
        "first_date": DAY,
        **values,
    }


def test_agreement_and_difference_are_counted_by_rule_and_currency():
    rows = run_sql(
        ads_reconciliation_diff_rate,
        {
            "rec_payment_bill": [
                result("1", "matched", "closed"),
                result("2", "matched_within_tolerance", "closed"),
                result("3", "timing", "closed", first_date=BEFORE),
                result("4", "left_only", "open", right_amount=0, open_amount=10),
                result("5", "right_only", "open", left_amount=0, open_amount=-10),
                result("6", "left_only", "overdue", right_amount=0, open_amount=10,
                       first_date=BEFORE),
                result("7", "matched", "closed", currency="USD"),
            ]
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "rule": "rec_payment_bill",
                "currency": "CNY",
                "left_amount": 50,
                "right_amount": 40,
                "matched_count": 3,
                "within_tolerance_count": 1,
                "timing_count": 1,
                "new_item_count": 2,
                "open_item_count": 3,
                "overdue_item_count": 1,
                "closed_item_count": 1,
                # A surplus does not hide a lack.
                "new_item_amount": 20,
                "open_item_amount": 30,
                "overdue_item_amount": 10,
                "net_open_amount": 10,
                "new_item_rate": "0.5",
            },
            {
                "rule": "rec_payment_bill",
                "currency": "USD",
                "left_amount": 10,
                "right_amount": 10,
                "matched_count": 1,
                "within_tolerance_count": 0,
                "timing_count": 0,
                "new_item_count": 0,
                "open_item_count": 0,
                "overdue_item_count": 0,
                "closed_item_count": 0,
                "new_item_amount": 0,
                "open_item_amount": 0,
                "overdue_item_amount": 0,
                "net_open_amount": 0,
                "new_item_rate": 0,
            },
        ],
    )


def test_amounts_of_two_currencies_are_not_added_up():
    """The item is counted once, in the currency of its left."""
    mismatch = result("1", "currency_mismatch", "open", other_currency="USD", right_amount=7,
                      open_amount=10)  # fmt: skip
    rows = run_sql(
        ads_reconciliation_diff_rate,
        {"rec_payment_bill": [mismatch, result("2", "matched", "closed")]},
    )
    expect(
        rows,
        [
            {"currency": "CNY", "left_amount": 20, "right_amount": 10, "matched_count": 1,
             "open_item_count": 1, "open_item_amount": 10, "new_item_rate": "0.5"},
            {"currency": "USD", "left_amount": 0, "right_amount": 7, "matched_count": 0,
             "open_item_count": 0, "open_item_amount": 0, "new_item_rate": 0},
        ],
    )  # fmt: skip
