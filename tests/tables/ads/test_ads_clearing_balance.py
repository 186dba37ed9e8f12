from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, ONE_DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_clearing_balance import ads_clearing_balance
from warehouse_assets.ads.ads_clearing_to_date import RULES, ads_clearing_to_date

BEFORE = DAY - timedelta(days=1)
RESULTS = [rule for rule, _ in RULES.values()]


def account(debit="0.00", credit="0.00", **values):
    return {"account_code": "1012", "debit_amount": debit, "credit_amount": credit, **values}


def item(state, left="0.00", right="0.00", **values):
    is_open = state not in ("matched", "timing", "adjusted", "written_off")
    return {
        "item_id": f"left:{state}",
        "state": state,
        "is_open": is_open,
        "left_amount": left,
        "right_amount": right,
        **values,
    }


def balances(window=ONE_DAY, **inputs):
    """The balances of the window, whose days carry on what came to the account before."""
    inputs = {name: [{"dt": DAY, **row} for row in given] for name, given in inputs.items()}
    carried, rows = [], []
    for day in map(Window.of_day, Window.of_days(BEFORE, window.last)):
        carried = run_sql(ads_clearing_to_date, {**inputs, "ads_clearing_to_date": carried}, day)
        shown = {name: given for name, given in inputs.items() if name in RESULTS}
        rows += run_sql(ads_clearing_balance, {**shown, "ads_clearing_to_date": carried}, day)
    return [row for row in rows if row["dt"] in window]


def test_open_items_explain_the_balance():
    # Paid 100 and 7, of which 100 is billed with a fee of 1; 20 of a refund is not billed yet, and
    # 50 of an earlier batch are to be paid out.
    rows = balances(
        dws_account_1d=[account("50.00", dt=BEFORE), account("107.00", "21.00")],
        rec_payment_bill=[item("matched", "100.00", "100.00"), item("left_only", "7.00")],
        rec_refund_bill=[item("left_only", "20.00")],
        rec_bill_payout=[item("left_only", "149.00")],
    )
    expect(
        rows,
        [
            {
                "currency": "CNY",
                "closing_balance_amount": "136.00",
                "unbilled_payment_amount": "7.00",
                "unbilled_refund_amount": "-20.00",
                "unpaid_batch_amount": "149.00",
                "unexplained_amount": "0.00",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(ads_clearing_balance, rows) == set()


def test_a_balance_that_nothing_explains_stops_the_day():
    rows = balances(dws_account_1d=[account("5.00")])
    expect(rows, [{"unexplained_amount": "5.00"}])
    assert broken_rules(ads_clearing_balance, rows) == {"open_items_explain_balance"}


def test_lines_of_bills_that_failed_or_are_there_twice_do_not_count():
    rows = balances(
        dws_account_1d=[account("10.00")],
        rec_payment_bill=[
            item("status_mismatch", "10.00", "10.00"),
            item("duplicate_right", "0.00", "4.00"),
        ],
        dwd_channel_bill=[
            {"bill_line_id": "a:1", "bill_type": "pay", "gross_amount": "10.00"},
            {"bill_line_id": "a:2", "bill_type": "pay", "gross_amount": "4.00"},
        ],
    )
    expect(
        rows,
        [
            {
                "unbilled_payment_amount": "-4.00",
                "uncounted_bill_amount": "14.00",
                "unexplained_amount": "0.00",
            }
        ],
    )


def test_what_people_closed_and_posted_stays_on_the_account():
    # 5 was paid and never billed: adjusted on the day before, by an entry that credits the account.
    rows = balances(
        dws_account_1d=[account("5.00", dt=BEFORE), account("0.00", "5.00", dt=BEFORE)],
        rec_payment_bill=[item("adjusted", "5.00", dt=BEFORE)],
        dwd_manual_adjustment=[
            {
                "is_posted": True,
                "adjustment_no": "A1",
                "debit_account": "9999",
                "credit_account": "1012",
                "amount": "5.00",
                "dt": BEFORE,
            }
        ],
    )
    expect(
        rows,
        [
            {
                "closing_balance_amount": "0.00",
                "resolved_amount": "5.00",
                "manually_adjusted_amount": "-5.00",
                "unexplained_amount": "0.00",
            }
        ],
    )


def test_each_currency_and_each_day_by_itself():
    mismatch = item("currency_mismatch", "5.00", "2.00", currency="USD", other_currency="CNY")
    rows = balances(
        Window.of_days(BEFORE, DAY),
        dws_account_1d=[
            account("5.00", dt=BEFORE),
            account("5.00", currency="USD", dt=DAY),
            account("0.00", "2.00", dt=DAY),
        ],
        rec_payment_bill=[
            item("left_only", "5.00", dt=BEFORE),
            {**mismatch, "dt": DAY},
            item("left_only", "5.00", dt=DAY),
        ],
    )
    expect(
        rows,
        [
            {"currency": "CNY", "unbilled_payment_amount": "5.00", "dt": BEFORE},
            {"currency": "CNY", "unbilled_payment_amount": "3.00", "dt": DAY},
            {"currency": "USD", "unbilled_payment_amount": "5.00", "dt": DAY},
        ],
    )
    assert broken_rules(ads_clearing_balance, rows) == set()
