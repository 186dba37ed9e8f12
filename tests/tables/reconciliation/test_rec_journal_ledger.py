from datetime import timedelta

from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_journal_ledger import rec_journal_ledger

BEFORE = DAY - timedelta(days=1)


def posted(debit="0.00", credit="0.00", **values):
    return {"account_code": "1012", "debit_amount": debit, "credit_amount": credit, **values}


def ledger(closing, day=DAY, opening="0.00", **values):
    return {
        "account_code": "1012",
        "opening_balance_amount": opening,
        "closing_balance_amount": closing,
        "dt": day,
        **values,
    }


def results(journal=(), balances=(), day=DAY, earlier=()):
    inputs = {"dws_account_1d": journal, "ods_ledger_balance": balances}
    return run_day(rec_journal_ledger, inputs, day, earlier)


def test_an_account_moves_alike_in_both_books():
    balances = [ledger("100.00", BEFORE), ledger("130.00", opening="100.00")]
    expect(
        results([posted("50.00", "20.00")], balances),
        [{"state": "matched", "left_key": "1012|CNY", "right_amount": "30.00"}],
    )


def test_what_does_not_move_is_not_reported():
    balances = [ledger("100.00", BEFORE), ledger("100.00", opening="100.00")]
    assert results([posted("20.00", "20.00")], balances) == []


def test_a_debit_in_the_ledger_that_nobody_posted_is_open_while_the_balances_differ():
    balances = [ledger("100.00", BEFORE), ledger("135.00", opening="100.00")]
    wrong = results([posted("30.00")], balances)
    expect(
        wrong,
        [
            {
                "state": "amount_mismatch",
                "open_amount": "-5.00",
                "explanation": "posted in the ledger 5.00 CNY more than posted in the journal",
            }
        ],
    )
    still = [*balances, ledger("145.00", NEXT, "135.00")]
    expect(
        results([posted("10.00", dt=NEXT)], still, NEXT, wrong),
        [{"state": "amount_mismatch", "open_amount": "-5.00", "first_date": DAY, "left_count": 2}],
    )
    mended = [*balances, ledger("140.00", NEXT, "130.00")]
    expect(
        results([posted("10.00", dt=NEXT)], mended, NEXT, wrong),
        [{"state": "matched", "is_open": False}],
    )


def test_a_balance_from_before_the_first_date_is_not_compared():
    expect(
        results([posted("30.00")], [ledger("1030.00", opening="1000.00")]),
        [{"state": "matched", "right_amount": "30.00"}],
    )


def test_an_account_moves_in_one_of_the_books_only():
    expect(
        results([posted("5.00")]),
        [
            {
                "state": "left_only",
                "explanation": "posted in the journal 5.00 CNY, not posted in the ledger",
            }
        ],
    )
    expect(results(balances=[ledger("5.00")]), [{"state": "right_only"}])


def test_a_balance_that_is_right_again_is_open_no_more_though_nobody_posted_anything():
    balances = [ledger("0.00", BEFORE), ledger("5.00", DAY)]
    wrong = results(balances=balances)
    expect(wrong, [{"state": "right_only", "is_open": True, "open_amount": "-5.00"}])
    mended = [*balances, ledger("0.00", NEXT, "0.00")]
    expect(
        results(balances=mended, day=NEXT, earlier=wrong),
        [{"state": "matched", "is_open": False, "right_count": 2, "open_amount": "0.00"}],
    )


def test_currencies_are_compared_apart():
    expect(
        results([posted("5.00", currency="USD")], [ledger("5.00")]),
        [
            {"state": "left_only", "currency": "USD"},
            {"state": "right_only", "currency": "CNY"},
        ],
    )
