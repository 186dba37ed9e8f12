from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.fact.dws_account_1d import dws_account_1d


def line(journal_line_id, account_code, debit=0, credit=0, **values):
    return {
        "journal_line_id": journal_line_id,
        "account_code": account_code,
        "debit_amount": debit,
        "credit_amount": credit,
        **values,
    }


def test_debits_and_credits_of_an_account_are_summed_apart():
    lines = [
        line("A", "1012", debit=10),
        line("B", "2205", credit=10),
        line("C", "2205", debit=4),
        line("D", "1012", credit=4),
        line("E", "1012", debit=3, currency="USD"),
        line("F", "2205", credit=3, currency="USD"),
    ]
    rows = run_sql(dws_account_1d, {"dwd_journal_entry": lines})

    def total(account_code, currency, lines, debit, credit):
        return {
            "account_code": account_code,
            "currency": currency,
            "journal_line_count": lines,
            "debit_amount": debit,
            "credit_amount": credit,
            "dt": DAY,
        }

    expect(
        rows,
        [
            total("1012", "CNY", 2, 10, 4),
            total("1012", "USD", 1, 3, 0),
            total("2205", "CNY", 2, 4, 10),
            total("2205", "USD", 1, 0, 3),
        ],
    )
    assert broken_rules(dws_account_1d, rows) == set()


def test_a_day_that_does_not_balance_is_stopped():
    rows = run_sql(dws_account_1d, {"dwd_journal_entry": [line("A", "1012", debit=10)]})
    assert broken_rules(dws_account_1d, rows) == {"balances"}
