from datetime import timedelta

from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_commission import rec_commission

ORDERED = DAY - timedelta(days=7)


def charged(line="A-1", amount="5.00", rate="0.050000", no="S1", **values):
    return {
        "settlement_no": no,
        "order_line_id": line,
        "commission_amount": amount,
        "commission_rate": rate,
        **values,
    }


def given(*items, category_id=3):
    return {
        "dwd_settlement_item": list(items),
        "dwd_order_detail": [
            {
                "order_line_id": line,
                "category_id": category_id,
                "pay_amount": "100.00",
                "dt": ORDERED,
            }
            for line in ("A-1", "B-1")
        ],
        "dim_commission_rate": [
            {"category_id": 3, "commission_rate": "0.050000", "dt": ORDERED},
            # What the card says today does not count.
            {"category_id": 3, "commission_rate": "0.090000", "dt": DAY},
        ],
    }


def results(*items, **values):
    return run_days(rec_commission, given(*items, **values))[-1]


def test_commission_is_that_of_the_card_at_the_time_of_the_order():
    rows = results(charged(), charged("B-1", "5.01"))
    expect(
        rows,
        [
            {"left_id": "S1:A-1", "state": "matched", "right_amount": "5.00"},
            {"left_id": "S1:B-1", "state": "matched_within_tolerance", "right_amount": "5.00"},
        ],
    )


def test_more_is_charged_than_the_card_says():
    expect(
        results(charged(amount="6.00", rate="0.060000")),
        [
            {
                "state": "amount_mismatch",
                "open_amount": "1.00",
                "explanation": "due by the rate card 1.00 CNY less than charged",
            }
        ],
    )


def test_a_wrong_rate_on_a_small_amount_is_a_difference_too():
    expect(
        results(charged(rate="0.060000")),
        [
            {
                "state": "amount_mismatch",
                "figure": "rate",
                "open_amount": "0.00",
                "explanation": "due at a rate 100 basis points less than charged at a rate",
            }
        ],
    )


def test_a_category_that_is_not_on_the_card_is_charged_and_not_due():
    expect(
        results(charged(), category_id=4),
        [
            {
                "state": "left_only",
                "explanation": "charged 5.00 CNY, not due by the rate card",
            }
        ],
    )


def test_a_line_that_is_charged_again_is_a_duplicate():
    days = run_days(rec_commission, given(charged()), {"dwd_settlement_item": [charged(no="S2")]})
    expect(days[-1], [{"left_id": "S2:A-1", "state": "duplicate_left", "open_amount": "5.00"}])
