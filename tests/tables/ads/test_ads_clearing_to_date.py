from datetime import timedelta
from decimal import Decimal

import pytest

from resources.errors import InputMissing
from resources.lake.closing.book_closing import Action
from resources.lake.closing.closing_record import add_closing, new_closing
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.reporting.reconciled_lake import ReconciledLake
from tests.tables.run_sql import DAY, expect, run_sql
from warehouse_assets import conventions as c
from warehouse_assets.ads.ads_clearing_balance import ads_clearing_balance
from warehouse_assets.ads.ads_clearing_to_date import RULES, ads_clearing_to_date
from warehouse_assets.modeling.execution.closing import reopen_books
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

NAME = "ads_clearing_to_date"
BEFORE = DAY - timedelta(days=1)
DAYS = Window.of_days(DAY, DAY + timedelta(days=3))


def on(number):
    return DAY + timedelta(days=number)


def booked(debit, day, currency="CNY"):
    return {
        "account_code": "1012",
        "currency": currency,
        "debit_amount": Decimal(debit),
        "credit_amount": Decimal(0),
        "dt": on(day),
    }


def billed(number, amount, day, bill_day, counted=True):
    return {
        "bill_line_id": f"bill:{number}",
        "bill_type": "pay",
        "gross_amount": Decimal(amount),
        "fee_amount": Decimal(0),
        "is_counted": counted,
        "bill_date": on(bill_day),
        "dt": on(day),
    }


# Paid and billed on the bill of two days later; billed twice; paid and not billed.
BOOKED = [booked("10.00", 0), booked("3.00", 1), booked("7.00", 3, "USD")]
BILLED = [billed(1, "10.00", 0, 2), billed(2, "4.00", 1, 1, counted=False)]


def unbilled(day, amount, currency="CNY"):
    return {
        "item_id": f"left:{amount}",
        "state": "left_only",
        "standing": "carried",
        "is_open": True,
        "left_count": 1,
        "left_amount": Decimal(amount),
        "currency": currency,
        "dt": on(day),
    }


def twice(day):
    return {
        "item_id": "right:bill:2",
        "state": "duplicate_right",
        "standing": "carried",
        "is_open": True,
        "right_count": 1,
        "right_amount": Decimal("4.00"),
        "currency": "CNY",
        "dt": on(day),
    }


def make_lake(home):
    """Four days of what comes to the account, and of the items that explain the balance."""
    lake = ReconciledLake(Settings(home=home, first_date=DAY, threads=1), load_warehouse())
    lake.give("dws_account_1d", BOOKED, DAYS)
    lake.give("dwd_channel_bill", BILLED, DAYS)
    lake.give("dwd_manual_adjustment", [], DAYS)
    items = [unbilled(day, "3.00") for day in (1, 2, 3)] + [twice(day) for day in (1, 2, 3)]
    lake.give("rec_payment_bill", [*items, unbilled(3, "7.00", "USD")], DAYS)
    lake.give("rec_refund_bill", [], DAYS)
    batch = {**unbilled(2, "10.00"), "item_id": "left:bill:1"}
    lake.give("rec_bill_payout", [batch, {**batch, "dt": on(3)}], DAYS)
    return lake


def rows_of(lake, name):
    return sorted(lake.rows(name), key=lambda row: (row["dt"], row["currency"]))


def test_a_day_adds_to_the_day_before():
    before = {"currency": "CNY", "closing_balance_amount": "5.00", "resolved_amount": "1.00"}
    rows = run_sql(
        ads_clearing_to_date,
        {
            NAME: [{**before, "dt": BEFORE}],
            "dws_account_1d": [{"account_code": "1012", "debit_amount": "2.00", "currency": "CNY"}],
        },
        Window.of_day(DAY),
    )
    expect(
        rows,
        [
            {
                "currency": "CNY",
                "closing_balance_amount": "7.00",
                "billed_later_amount": "0.00",
                "uncounted_bill_amount": "0.00",
                "resolved_amount": "1.00",
                "manually_adjusted_amount": "0.00",
                "dt": DAY,
            }
        ],
    )


def test_what_stands_on_a_later_bill_is_taken_off_on_the_day_of_the_bill(tmp_path):
    lake = make_lake(tmp_path)
    lake.run(NAME, DAYS)
    found = {(row["dt"], row["currency"]): row for row in lake.rows(NAME)}
    later = [found[on(day), "CNY"]["billed_later_amount"] for day in range(4)]
    assert later == [Decimal(10), Decimal(10), Decimal(0), Decimal(0)]
    balances = [found[on(day), "CNY"]["closing_balance_amount"] for day in range(4)]
    assert balances == [Decimal(10), Decimal(13), Decimal(13), Decimal(13)]


def test_a_range_gives_what_its_days_give_and_a_rerun_changes_nothing(tmp_path):
    together, single = make_lake(tmp_path / "together"), make_lake(tmp_path / "single")
    for name in (NAME, "ads_clearing_balance"):
        together.run(name, DAYS)
        for day in DAYS:
            single.run(name, Window.of_day(day))
    assert len(rows_of(together, NAME)) == 5
    for name in (NAME, "ads_clearing_balance"):
        assert rows_of(together, name) == rows_of(single, name)
    snapshot = dict(Lake(together.settings).snapshot(ads_clearing_to_date.spec).rows_from)
    together.run(NAME, DAYS)
    assert dict(Lake(together.settings).snapshot(ads_clearing_to_date.spec).rows_from) == snapshot


def test_every_day_is_explained_to_the_cent(tmp_path):
    lake = make_lake(tmp_path)
    lake.run(NAME, DAYS)
    lake.run("ads_clearing_balance", DAYS)
    rows = lake.rows("ads_clearing_balance")
    assert len(rows) == 5
    assert {row["unexplained_amount"] for row in rows} == {Decimal(0)}


def paid(number, amount, day):
    return {
        "money_event_id": f"payment:{number}",
        "event_type": "payment",
        "direction": "in",
        "amount": Decimal(amount),
        "currency": "CNY",
        "payment_method": "alipay",
        "business_no": number,
        "dt": on(day),
    }


def run_books(lake, *payments):
    """Post what was paid, none of which is billed, and explain the balances of all days."""
    lake.give("dwd_financial", [paid(*payment) for payment in payments], DAYS)
    items = [
        {**unbilled(day, amount), "item_id": f"left:{number}"}
        for number, amount, first in payments
        for day in range(first, len(DAYS))
    ]
    lake.give("rec_payment_bill", items, DAYS)
    for name in ("dwd_journal_entry", "dws_account_1d", NAME, "ads_clearing_balance"):
        lake.run(name, DAYS)
    return [row["closing_balance_amount"] for row in rows_of(lake, "ads_clearing_balance")]


def test_books_that_were_corrected_are_explained_after_they_are_reopened(tmp_path):
    """What was late for a closed day is in the books where the reconciliation knows of it."""
    lake = make_lake(tmp_path)
    for name in ("dwd_channel_bill", "rec_bill_payout"):
        lake.give(name, [], DAYS)
    opened = Lake(lake.settings)
    specs = [table.spec for table in lake.warehouse.tables.values() if table.closes_with_books]
    on_time, late = ("P1", "10.00", 0), ("P0", "5.00", 0)
    assert run_books(lake, on_time) == [Decimal(10)] * 4
    add_closing(opened, specs, lambda books: new_closing(
        books, Action.CLOSE, on(1), on(1), "anna", None
    ))  # fmt: skip
    assert run_books(lake, on_time, late) == [*[Decimal(10)] * 2, *[Decimal(15)] * 2]
    for number, kept in ((1, 1), (0, 0)):
        reopen_books(lake.warehouse, opened, lake.settings, on(number), "anna", "it was wrong")
        expected = [*[Decimal(10)] * kept, *[Decimal(15)] * (4 - kept)]
        assert run_books(lake, on_time, late) == expected
    sides = [(row["debit_amount"], row["credit_amount"]) for row in lake.rows("dwd_journal_entry")]
    assert sum(debit for debit, _ in sides) == sum(credit for _, credit in sides) > 15


def test_a_day_needs_the_day_before(tmp_path):
    lake = make_lake(tmp_path)
    with pytest.raises(InputMissing, match=f"partition {on(1)} of input {NAME}"):
        lake.run(NAME, Window.of_day(on(2)))


def test_a_day_reads_the_days_in_which_its_bills_may_be_and_no_others():
    whole_history = {
        (table.name, name)
        for table in (ads_clearing_to_date, ads_clearing_balance)
        for name, window in table.inputs.items()
        if window.back is None or window.back > c.LATE_DAYS
    }
    assert whole_history == set()
    assert set(ads_clearing_balance.inputs) == {NAME, *(rule for rule, _ in RULES.values())}
