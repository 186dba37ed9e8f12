from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_trial_balance import ads_trial_balance

YESTERDAY = DAY - timedelta(days=1)


def posted(account_code, debit=0, credit=0, **values):
    return {
        "account_code": account_code,
        "journal_line_count": 1,
        "debit_amount": debit,
        "credit_amount": credit,
        **values,
    }


def ledger(account_code, opening=0, debit=0, credit=0, **values):
    return {
        "account_code": account_code,
        "opening_balance_amount": opening,
        "debit_amount": debit,
        "credit_amount": credit,
        "closing_balance_amount": opening + debit - credit,
        **values,
    }


def trial_balance(postings, ledgers=(), window=None):
    inputs = {
        "dws_account_1d": postings,
        "ods_ledger_balance": list(ledgers),
        "dim_account": [{"account_code": "1012", "account_name": "Channel receivable"}],
    }
    return run_sql(ads_trial_balance, inputs, window or Window.of_day(DAY))


def test_what_was_posted_before_opens_the_day():
    rows = trial_balance(
        [
            posted("1012", debit=100, dt=YESTERDAY),
            posted("2205", credit=100, dt=YESTERDAY),
            posted("1012", debit=5, credit=30),
            posted("2205", debit=30, credit=5),
        ],
        [ledger("1012", 100, 5, 30), ledger("2205", -100, 30, 5)],
    )
    expect(
        rows,
        [
            {
                "account_code": "1012",
                "account_name": "Channel receivable",
                "opening_balance_amount": 100,
                "debit_amount": 5,
                "credit_amount": 30,
                "closing_balance_amount": 75,
                "ledger_opening_balance_amount": 100,
                "ledger_closing_balance_amount": 75,
                "movement_difference_amount": 0,
                "balance_difference_amount": 0,
                "dt": DAY,
            },
            {
                "account_code": "2205",
                "account_name": None,
                "opening_balance_amount": -100,
                "debit_amount": 30,
                "credit_amount": 5,
                "closing_balance_amount": -75,
                "ledger_opening_balance_amount": -100,
                "ledger_closing_balance_amount": -75,
                "movement_difference_amount": 0,
                "balance_difference_amount": 0,
                "dt": DAY,
            },
        ],
    )
    assert broken_rules(ads_trial_balance, rows) == set()


def test_a_debit_that_nobody_posted_is_reported_that_day_and_stays_in_the_balance():
    tomorrow = DAY + timedelta(days=1)
    postings = [posted("1012", debit=10), posted("2205", credit=10)]
    ledgers = [
        ledger("1012", 0, 12, 0),
        ledger("2205", 0, 0, 10),
        ledger("1012", 12, 0, 0, dt=tomorrow),
        ledger("2205", -10, 0, 0, dt=tomorrow),
    ]
    rows = trial_balance(postings, ledgers, Window.of_days(DAY, tomorrow))
    wrong = [row for row in rows if row["account_code"] == "1012"]
    expect(
        wrong,
        [
            {"dt": DAY, "movement_difference_amount": -2, "balance_difference_amount": -2},
            {"dt": tomorrow, "movement_difference_amount": 0, "balance_difference_amount": -2},
        ],
    )
    assert broken_rules(ads_trial_balance, rows) == {"equals_ledger"}


def test_a_ledger_that_posts_net_has_the_same_movement():
    postings = [posted("1012", debit=10, credit=4), posted("2205", debit=4, credit=10)]
    rows = trial_balance(postings, [ledger("1012", 0, 6, 0), ledger("2205", 0, 0, 6)])
    expect(rows, [{"movement_difference_amount": 0, "balance_difference_amount": 0}] * 2)


def test_an_account_that_only_one_side_has_is_there():
    rows = trial_balance([posted("1012", debit=3), posted("2205", credit=3)], [ledger("6001", 8)])
    expect(
        rows,
        [
            {
                "account_code": "1012",
                "ledger_closing_balance_amount": None,
                "balance_difference_amount": 3,
            },
            {
                "account_code": "2205",
                "ledger_closing_balance_amount": None,
                "balance_difference_amount": -3,
            },
            {
                "account_code": "6001",
                "ledger_closing_balance_amount": 8,
                "balance_difference_amount": -8,
            },
        ],
    )
    assert broken_rules(ads_trial_balance, rows) == {"equals_ledger", "account_in_ledger"}


def test_an_account_without_movement_keeps_its_balance():
    days = Window.of_days(DAY, DAY + timedelta(days=2))
    rows = trial_balance([posted("1012", debit=3), posted("2205", credit=3)], window=days)
    found = [row for row in rows if row["account_code"] == "1012"]
    expect(
        found,
        [
            {"dt": day, "closing_balance_amount": 3, "debit_amount": 3 if day == DAY else 0}
            for day in days
        ],
    )


def test_currencies_are_balances_of_their_own():
    rows = trial_balance(
        [
            posted("1012", debit=3),
            posted("2205", credit=3),
            posted("1012", debit=4, currency="USD"),
            posted("2205", credit=4, currency="USD"),
        ]
    )
    expect(
        [row for row in rows if row["account_code"] == "1012"],
        [
            {"currency": "CNY", "closing_balance_amount": 3},
            {"currency": "USD", "closing_balance_amount": 4},
        ],
    )


def test_books_that_do_not_balance_are_stopped():
    rows = trial_balance([posted("1012", debit=3)])
    assert "balances" in broken_rules(ads_trial_balance, rows)
