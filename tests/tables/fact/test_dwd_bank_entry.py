from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_bank_entry import dwd_bank_entry

BOOKED = at("2026-01-10 10:05")


def entry(entry_no="B1", **values):
    return {
        "entry_no": entry_no,
        "direction": "in",
        "amount": "89.46",
        "booked_at": BOOKED,
        "updated_at": BOOKED,
        **values,
    }


def entries(*delivered, days=0):
    window = Window.of_days(DAY, DAY + timedelta(days=days))
    return run_sql(dwd_bank_entry, {"ods_bank_statement": list(delivered)}, window)


def test_an_entry_counts_when_it_was_booked_whatever_its_value_date():
    rows = entries(entry(value_date=DAY + timedelta(days=2)), days=2)
    expect(rows, [{"entry_no": "B1", "value_date": DAY + timedelta(days=2), "dt": DAY}])
    assert broken_rules(dwd_bank_entry, rows) == set()


def test_a_credit_without_reference_is_kept():
    expect(entries(entry(bank_reference=None)), [{"entry_no": "B1", "bank_reference": None}])


def test_money_out_is_negative_only_where_the_name_says_it_has_a_sign():
    rows = entries(entry("B1", amount=5), entry("B2", direction="out", amount=5))
    expect(
        rows,
        [
            {"direction": "in", "amount": 5, "signed_amount": 5},
            {"direction": "out", "amount": 5, "signed_amount": -5},
        ],
    )


def test_two_entries_of_one_amount_and_reference_are_two():
    rows = entries(entry("B1", bank_reference="X"), entry("B2", bank_reference="X"))
    expect(rows, [{"entry_no": "B1"}, {"entry_no": "B2"}])


def test_a_statement_delivered_twice_or_corrected_late_gives_each_entry_once():
    corrected = entry(
        amount="89.45", updated_at=BOOKED + timedelta(days=1), dt=DAY + timedelta(days=3)
    )
    rows = entries(entry(), entry(), corrected, days=3)
    expect(rows, [{"entry_no": "B1", "amount": "89.45", "dt": DAY}])
