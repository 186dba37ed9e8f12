import re
from decimal import Decimal

import pytest

from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from tests.tables.table_lake import TableLake
from warehouse_assets.fact.dwd_journal_entry import dwd_journal_entry
from warehouse_assets.functions.accounts import ACCOUNTS
from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.money_events import EVENT_TYPES


def event(event_type="payment", direction="in", payment_method=None, amount=10, **values):
    return {
        "money_event_id": f"{event_type}:1",
        "event_type": event_type,
        "direction": direction,
        "payment_method": payment_method,
        "amount": amount,
        "signed_amount": Decimal(amount) if direction == "in" else -Decimal(amount),
        **values,
    }


def posted(*events, adjustments=()):
    inputs = {"dwd_financial": list(events), "dwd_manual_adjustment": list(adjustments)}
    rows = run_sql(dwd_journal_entry, inputs)
    assert broken_rules(dwd_journal_entry, rows) == set()
    return rows


def accounts(rows):
    """The account that is debited and the one that is credited."""
    debit = [row["account_code"] for row in rows if row["debit_amount"]]
    credit = [row["account_code"] for row in rows if row["credit_amount"]]
    return debit, credit


def test_an_event_is_a_debit_and_a_credit_of_its_amount():
    expect(
        posted(event(payment_method="card", business_no="P1")),
        [
            {
                "journal_line_id": "payment:1:debit:1012:CNY",
                "money_event_id": "payment:1",
                "event_type": "payment",
                "business_no": "P1",
                "account_code": "1012",
                "debit_amount": 10,
                "credit_amount": 0,
                "dt": DAY,
            },
            {
                "journal_line_id": "payment:1:credit:2205:CNY",
                "money_event_id": "payment:1",
                "event_type": "payment",
                "business_no": "P1",
                "account_code": "2205",
                "debit_amount": 0,
                "credit_amount": 10,
                "dt": DAY,
            },
        ],
    )


@pytest.mark.parametrize(
    ("event_type", "direction", "payment_method", "debit", "credit"),
    [
        ("payment", "in", "alipay", "1012", "2205"),
        ("payment", "in", "wallet", "2203", "2205"),
        ("wallet_top_up", "in", "wallet", "1002", "2203"),
        ("wallet_withdrawal", "out", "wallet", "2203", "1002"),
        ("refund", "out", "card", "2205", "1012"),
        ("refund", "out", "wallet", "2205", "2203"),
        ("chargeback", "out", "card", "1122", "1012"),
        ("channel_fee", "out", "card", "6601", "1012"),
        ("channel_fee", "in", "card", "1012", "6601"),
        ("payout", "in", "card", "1002", "1012"),
        ("payout", "out", "card", "1012", "1002"),
        ("settlement", "out", None, "2205", "2202"),
        ("settlement", "in", None, "2202", "2205"),
        ("commission", "in", None, "2202", "6001"),
        ("coupon_subsidy", "out", None, "6602", "2202"),
        ("seller_payout", "out", None, "2202", "1002"),
    ],
)
def test_each_kind_of_event_is_posted_to_its_accounts(
    event_type, direction, payment_method, debit, credit
):
    rows = posted(event(event_type, direction, payment_method))
    assert accounts(rows) == ([debit], [credit])


def test_a_settled_line_leaves_the_seller_with_what_is_payable():
    rows = posted(
        event("settlement", "out", amount=80),
        event("commission", "in", amount=5),
        event("coupon_subsidy", "out", amount="2.50"),
    )
    balances = {}
    for row in rows:
        change = row["debit_amount"] - row["credit_amount"]
        balances[row["account_code"]] = balances.get(row["account_code"], 0) + change
    assert balances == {
        "2205": 80,
        "6001": -5,
        "6602": Decimal("2.50"),
        "2202": Decimal("-77.50"),
    }


def test_orders_and_events_of_nothing_are_not_posted():
    assert posted(event("order"), event("cancellation", "out"), event(amount=0)) == []


def test_what_has_no_posting_goes_to_suspense_and_is_seen():
    assert accounts(posted(event("wallet_top_up", payment_method="card"))) == (["9999"], ["9999"])


def test_every_event_type_that_moves_money_has_a_posting():
    moves_money = set(EVENT_TYPES) - {"order", "cancellation"}
    for event_type in moves_money:
        method = "wallet" if event_type.startswith("wallet_") else None
        debit, _ = accounts(posted(event(event_type, payment_method=method)))
        assert debit != ["9999"], event_type


def test_a_manual_adjustment_is_posted_to_the_accounts_it_names():
    adjustment = {
        "adjustment_no": "J1",
        "debit_account": "6602",
        "credit_account": "9999",
        "amount": "7.25",
        "is_posted": True,
    }
    assert posted(adjustments=[{**adjustment, "is_posted": False}]) == []
    expect(
        posted(adjustments=[adjustment]),
        [
            {"journal_line_id": "manual_adjustment:J1:debit:6602:CNY", "account_code": "6602",
             "debit_amount": "7.25"},
            {"journal_line_id": "manual_adjustment:J1:credit:9999:CNY", "account_code": "9999",
             "debit_amount": 0},
        ],
    )  # fmt: skip


def test_a_surplus_in_one_currency_does_not_hide_a_lack_in_another():
    rows = posted(event(), event("refund", "out", currency="USD"))
    swapped = [{**row, "currency": "USD" if row["debit_amount"] else "CNY"} for row in rows]
    assert broken_rules(dwd_journal_entry, swapped) == {"balances_in_each_currency"}


def test_every_account_that_is_posted_to_is_in_the_chart_of_accounts():
    named = set(re.findall(r"account_\w+(?=\(\))", dwd_journal_entry.sql))
    assert len(named) > 5
    codes = {sql_functions()[name].body.strip("'") for name in named}
    assert codes <= {account.account_code for account in ACCOUNTS}
    # By name only: a code that is written out would be in no chart.
    assert re.findall(r"'\d{4}'", dwd_journal_entry.sql) == []


def booked(lake):
    """Each posting in the books: account, number of the supplement, debit less credit."""
    return sorted(
        (row["account_code"], row["supplement_no"], row["debit_amount"] - row["credit_amount"])
        for row in lake.rows()
    )


def test_a_late_correction_is_posted_as_a_supplement(tmp_path):
    lake = TableLake.make(dwd_journal_entry, tmp_path)
    lake.give("dwd_financial", [event(amount=100, payment_method="card")])
    lake.run()
    first = [("1012", 0, 100), ("2205", 0, -100)]
    assert booked(lake) == first

    lake.give("dwd_financial", [event(amount=70, payment_method="card")])
    lake.run()
    corrected = [("1012", 0, 100), ("1012", 1, -30), ("2205", 0, -100), ("2205", 1, 30)]
    assert booked(lake) == corrected
    assert broken_rules(dwd_journal_entry, lake.rows()) == set()

    assert lake.run().rows == 0
    assert booked(lake) == corrected


def test_what_never_happened_and_what_was_in_another_currency_is_taken_back(tmp_path):
    lake = TableLake.make(dwd_journal_entry, tmp_path)
    lake.give("dwd_financial", [event(), event("refund", "out")])
    lake.run()
    lake.give("dwd_financial", [event(currency="USD")])
    lake.run()
    balances = {}
    for row in lake.rows():
        place = (row["currency"], row["account_code"])
        change = row["debit_amount"] - row["credit_amount"]
        balances[place] = balances.get(place, 0) + change
    assert balances == {
        ("CNY", "1012"): 0,
        ("CNY", "2205"): 0,
        ("USD", "1012"): 10,
        ("USD", "2205"): -10,
    }
