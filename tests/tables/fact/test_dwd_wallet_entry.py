from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_wallet_entry import dwd_wallet_entry

NOON = at("2026-01-10 12:00")


def entry(wallet_entry_no="W1", **values):
    return {
        "wallet_entry_no": wallet_entry_no,
        "entry_type": "top_up",
        "wallet_direction": "in",
        "amount": "20.00",
        "balance_amount": "20.00",
        "occurred_at": NOON,
        "updated_at": NOON,
        **values,
    }


def entries(*delivered, days=0):
    window = Window.of_days(DAY, DAY + timedelta(days=days))
    return run_sql(dwd_wallet_entry, {"ods_wallet_entry": list(delivered)}, window)


def test_a_payment_from_the_wallet_takes_what_was_put_in():
    paid = entry(
        "W2", entry_type="payment", wallet_direction="out", balance_amount=0, business_no="P1"
    )
    rows = entries(entry(), paid)
    expect(
        rows,
        [
            {"wallet_entry_no": "W1", "amount": 20, "balance_change_amount": 20,
             "balance_amount": 20, "dt": DAY},
            {"wallet_entry_no": "W2", "amount": 20, "balance_change_amount": -20,
             "balance_amount": 0, "dt": DAY},
        ],
    )  # fmt: skip
    assert broken_rules(dwd_wallet_entry, rows) == set()


def test_an_overdrawn_wallet_is_kept_and_reported():
    rows = entries(entry(wallet_direction="out", entry_type="payment", balance_amount="-0.01"))
    expect(rows, [{"balance_amount": "-0.01"}])
    assert broken_rules(dwd_wallet_entry, rows) == {"balance_not_overdrawn"}


def test_wallets_of_two_currencies_are_not_mixed():
    rows = entries(entry("W1"), entry("W2", currency="USD", balance_amount=5))
    expect(
        rows,
        [
            {"wallet_entry_no": "W1", "currency": "CNY", "balance_amount": 20},
            {"wallet_entry_no": "W2", "currency": "USD", "balance_amount": 5},
        ],
    )


def test_an_entry_delivered_twice_or_late_counts_once_on_its_day():
    corrected = entry(amount=21, updated_at=NOON + timedelta(days=1), dt=DAY + timedelta(days=3))
    rows = entries(entry(), entry(), corrected, days=3)
    expect(rows, [{"wallet_entry_no": "W1", "amount": 21, "dt": DAY}])
