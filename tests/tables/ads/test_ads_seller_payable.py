from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_seller_payable import ads_seller_payable

YESTERDAY = DAY - timedelta(days=1)
SETTLEMENT = {"settlement_no": "S1", "seller_id": 1, "dt": DAY - timedelta(days=5)}


def settled(amount, seller_id=1, **values):
    return {"seller_id": seller_id, "seller_payable": amount, **values}


def paid_out(amount, **values):
    return {"entry_no": "B", "direction": "out", "bank_reference": "S1", "amount": amount, **values}


def adjustment(debit_account, credit_account, amount, **values):
    return {
        "is_posted": True,
        "adjustment_no": f"{debit_account}-{credit_account}",
        "debit_account": debit_account,
        "credit_account": credit_account,
        "business_no": "S1",
        "amount": amount,
        **values,
    }


def payable(*sellers, bank=(), adjustments=(), window=None):
    rows = run_sql(
        ads_seller_payable,
        {
            "dws_seller_1d": list(sellers),
            "ods_settlement": [SETTLEMENT, {**SETTLEMENT, "dt": YESTERDAY}],
            "dwd_bank_entry": list(bank),
            "dwd_manual_adjustment": list(adjustments),
        },
        window or Window.of_day(DAY),
    )
    assert broken_rules(ads_seller_payable, rows) == set()
    return rows


def test_opening_and_movements_make_the_closing_balance():
    rows = payable(
        settled(100, dt=YESTERDAY),
        settled("20.50"),
        bank=[paid_out(60), paid_out(9, entry_no="B2", direction="in")],
        adjustments=[adjustment("2202", "6001", 3), adjustment("6602", "2202", "0.25")],
    )
    expect(
        rows,
        [
            {
                "seller_id": 1,
                "payable_opening_amount": 100,
                "seller_payable": "20.50",
                "paid_out_amount": 60,
                "adjusted_amount": "2.75",
                "payable_closing_amount": "57.75",
                "dt": DAY,
            }
        ],
    )


def test_a_seller_without_movement_keeps_the_balance():
    tomorrow = DAY + timedelta(days=1)
    rows = payable(settled(100, dt=YESTERDAY), window=Window.of_days(YESTERDAY, tomorrow))
    expect(
        rows,
        [
            {"dt": YESTERDAY, "payable_opening_amount": 0, "payable_closing_amount": 100},
            {"dt": DAY, "payable_opening_amount": 100, "payable_closing_amount": 100},
            {"dt": tomorrow, "payable_opening_amount": 100, "payable_closing_amount": 100},
        ],
    )


def test_a_seller_may_owe_the_platform():
    expect(payable(settled("-1.20")), [{"payable_closing_amount": "-1.20"}])


def test_sellers_and_currencies_are_balances_of_their_own():
    rows = payable(settled(1), settled(2, currency="USD"), settled(4, seller_id=2))
    expect(
        rows,
        [
            {"seller_id": 1, "currency": "CNY", "payable_closing_amount": 1},
            {"seller_id": 1, "currency": "USD", "payable_closing_amount": 2},
            {"seller_id": 2, "currency": "CNY", "payable_closing_amount": 4},
        ],
    )


def test_an_adjustment_that_names_no_settlement_is_under_seller_0():
    rows = payable(
        settled(10),
        adjustments=[
            adjustment("2202", "9999", 2, business_no=None),
            adjustment("6602", "2202", 3, business_no="S9"),
        ],
    )
    expect(
        rows,
        [
            {"seller_id": 0, "adjusted_amount": -1, "payable_closing_amount": 1},
            {"seller_id": 1, "adjusted_amount": 0, "payable_closing_amount": 10},
        ],
    )


def test_what_does_not_concern_sellers_is_in_no_balance():
    rows = payable(
        settled(10),
        bank=[paid_out(5, bank_reference=None), paid_out(5, entry_no="B2", bank_reference="S9")],
        adjustments=[adjustment("1002", "9999", 2), adjustment("2202", "2202", 2)],
    )
    expect(rows, [{"seller_id": 1, "paid_out_amount": 0, "payable_closing_amount": 10}])


def test_a_seller_who_sells_and_is_not_settled_yet_has_no_row():
    assert payable(settled(0)) == []
