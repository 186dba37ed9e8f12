from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_manual_adjustment import dwd_manual_adjustment

ENTERED = at("2026-01-10 09:00")


def adjustment(**values):
    return {
        "adjustment_no": "J1",
        "debit_account": "6602",
        "credit_account": "2202",
        "amount": 5,
        "entered_by": "li.na",
        "approved_by": "wang.wei",
        "entered_at": ENTERED,
        "updated_at": ENTERED,
        **values,
    }


def test_the_version_that_was_approved_counts():
    typed_in = adjustment(approved_by=None)
    approved = adjustment(updated_at=ENTERED + timedelta(hours=1))
    rows = run_sql(dwd_manual_adjustment, {"ods_manual_adjustment": [approved, typed_in]})
    expect(rows, [{"adjustment_no": "J1", "is_approved": True, "dt": DAY}])
    assert broken_rules(dwd_manual_adjustment, rows) == set()


@pytest.mark.parametrize(
    ("rule", "approved_by", "is_posted"),
    [
        (None, None, True),
        ("rec_payment_bill", "wang.wei", True),
        ("rec_payment_bill", None, False),
        ("rec_payment_bill", "li.na", False),
    ],
)
def test_one_that_names_a_reconciliation_is_posted_once_another_has_approved_it(
    rule, approved_by, is_posted
):
    given = adjustment(reconciliation_rule=rule, approved_by=approved_by)
    rows = run_sql(dwd_manual_adjustment, {"ods_manual_adjustment": [given]})
    expect(rows, [{"adjustment_no": "J1", "is_posted": is_posted}])


def test_one_for_an_earlier_day_stays_on_the_day_it_was_typed_in():
    earlier = DAY - timedelta(days=9)
    rows = run_sql(
        dwd_manual_adjustment, {"ods_manual_adjustment": [adjustment(effective_date=earlier)]}
    )
    expect(rows, [{"effective_date": earlier, "dt": DAY}])


@pytest.mark.parametrize("approved_by", [None, "li.na"])
def test_one_that_nobody_else_approved_is_reported(approved_by):
    rows = run_sql(
        dwd_manual_adjustment, {"ods_manual_adjustment": [adjustment(approved_by=approved_by)]}
    )
    expect(rows, [{"is_approved": False}])
    assert broken_rules(dwd_manual_adjustment, rows) == {"approved_by_another"}
