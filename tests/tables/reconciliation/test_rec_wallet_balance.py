from decimal import Decimal

from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, at, expect
from warehouse_assets.reconciliation.rec_wallet_balance import rec_wallet_balance


def entry(number, change, balance, **values):
    day = values.get("dt", DAY)
    return {
        "wallet_entry_no": f"W{number}",
        "user_id": 7,
        "balance_change_amount": change,
        "balance_amount": balance,
        "occurred_at": at(f"{day} 10:0{number}"),
        **values,
    }


def results(*entries, day=DAY, earlier=()):
    return run_day(rec_wallet_balance, {"dwd_wallet_entry": entries}, day, earlier)


def test_each_balance_follows_from_the_one_before():
    rows = results(entry(1, "5.00", "25.00"), entry(2, "-5.00", "20.00"), entry(3, "1", "21"))
    expect(
        rows,
        [
            {"left_id": "W2", "right_id": "W1", "state": "matched", "left_amount": "20.00"},
            {"left_id": "W3", "right_id": "W2", "state": "matched", "left_amount": "21.00"},
        ],
    )


def test_one_wrong_balance_is_one_item():
    rows = results(entry(1, "5.00", "25.00"), entry(2, "-5.00", "20.30"), entry(3, "1.00", "21.00"))
    expect(
        rows,
        [
            {
                "left_id": "W2",
                "state": "amount_mismatch",
                "open_amount": "0.30",
                "explanation": "made by the entries 0.30 CNY less than stated as the balance",
            },
            {"left_id": "W3", "state": "matched", "open_amount": 0, "explanation": ""},
        ],
    )


def test_a_balance_that_is_wrong_like_an_earlier_one_is_found_too():
    right = [entry(number, "0.00", "20.00") for number in (3, 4, 5)]
    rows = results(
        entry(1, "0.00", "20.00"),
        entry(2, "0.00", "20.13"),
        *right,
        entry(6, "0.00", "20.13"),
        entry(7, "0.00", "20.00"),
    )
    found = [row["left_id"] for row in rows if row["is_open"]]
    assert found == ["W2", "W6"]
    assert len(rows) == 6


def test_a_wrong_amount_is_seen_once():
    rows = results(entry(1, "5.00", "25.00"), entry(2, "-5.04", "20.00"), entry(3, "1.00", "21.00"))
    expect(
        rows,
        [
            {"left_id": "W2", "state": "amount_mismatch", "open_amount": "0.04"},
            {"left_id": "W3", "state": "matched", "open_amount": 0},
        ],
    )


def test_an_entry_follows_from_one_of_an_earlier_day_and_of_its_own_user_and_currency():
    yesterday = entry(1, "5.00", "25.00")
    others = [entry(2, "1.00", "1.00", user_id=8), entry(3, "1.00", "1.00", currency="USD")]
    rows = results(yesterday, *others, entry(4, "-5.00", "20.00", dt=NEXT), day=NEXT)
    expect(rows, [{"left_id": "W4", "right_id": "W1", "state": "matched"}])


def test_of_a_first_entry_nothing_is_said():
    assert results(entry(1, "5.00", Decimal(-3))) == []


def test_wallets_that_do_not_move_on_the_day_say_nothing():
    before = [entry(1, "5.00", "25.00"), entry(2, "5.00", "99.00")]
    assert results(*before, day=NEXT) == []
    mine = entry(4, "-5.00", "94.00", dt=NEXT)
    others = [{**row, "wallet_entry_no": f"X{row['wallet_entry_no']}"} for row in before]
    rows = results(*before, *({**row, "user_id": 8} for row in others), mine, day=NEXT)
    expect(rows, [{"left_id": "W4", "right_id": "W2", "state": "matched"}])
