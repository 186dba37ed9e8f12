from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import expect
from warehouse_assets.reconciliation.rec_payout_bank import rec_payout_bank


def payout(number, net, reference=None, account="6222", **values):
    return {
        "payout_no": number,
        "net_amount": net,
        "bank_reference": reference,
        "bank_account": account,
        **values,
    }


def entry(number, amount, reference=None, account="6222", **values):
    return {
        "entry_no": number,
        "direction": "in" if amount >= 0 else "out",
        "amount": abs(amount),
        "signed_amount": amount,
        "bank_reference": reference,
        "bank_account": account,
        **values,
    }


def compare(*days):
    names = ("dwd_payout", "dwd_bank_entry")
    return run_days(rec_payout_bank, *(dict(zip(names, day, strict=True)) for day in days))


def test_several_payouts_may_come_in_as_one_credit():
    [rows] = compare(
        ([payout("PO1", 10, "BR1"), payout("PO2", 20, "BR1")], [entry("BK1", 30, "BR1")])
    )
    expect(
        rows,
        [
            {
                "left_id": "PO1",
                "right_id": "BK1",
                "state": "matched",
                "match_pass": "bank reference",
                "left_count": 2,
                "left_amount": 30,
            }
        ],
    )


def test_a_credit_without_a_reference_is_found_by_its_amount():
    [rows] = compare(
        (
            [payout("PO1", 10, "BR1"), payout("PO2", 20, "BR2"), payout("PO3", 40, "BR3")],
            [entry("BK1", 10), entry("BK2", 60)],
        )
    )
    expect(
        rows,
        [
            {
                "right_id": "BK1",
                "state": "matched",
                "match_pass": "amounts of the account",
                "candidates": "PO1",
            },
            {
                "right_id": "BK2",
                "state": "matched",
                "match_pass": "amounts of the account",
                "candidates": "PO2, PO3",
            },
        ],
    )


def test_payouts_that_fit_equally_well_are_not_guessed():
    [rows] = compare(([payout("PO1", 10, "BR1"), payout("PO2", 10, "BR2")], [entry("BK1", 10)]))
    expect(
        rows,
        [
            {
                "item_id": "right:BK1",
                "state": "ambiguous",
                "explanation": "credited 10.00 CNY, and several rows fit equally well: PO1, PO2",
            },
            {
                "item_id": "left:PO1",
                "state": "left_only",
                "explanation": "paid out 10.00 CNY, not credited",
            },
            {
                "item_id": "left:PO2",
                "state": "left_only",
                "explanation": "paid out 10.00 CNY, not credited",
            },
        ],
    )


def test_without_a_reference_two_days_are_near_enough_and_three_are_not():
    after_two = compare(([payout("PO1", 10, "BR1")], []), ([], []), ([], [entry("BK1", 10)]))[-1]
    expect(after_two, [{"state": "timing", "explanation": "credited 2 days later than paid out"}])
    after_three = compare(
        ([payout("PO1", 10, "BR1")], []), ([], []), ([], []), ([], [entry("BK1", 10)])
    )[-1]
    expect(after_three, [{"state": "left_only"}, {"state": "right_only"}])


def test_the_bank_may_credit_up_to_five_days_later():
    days = compare(([payout("PO1", 10, "BR1")], []), *[([], [])] * 6)
    assert [row["standing"] for rows in days for row in rows] == [
        "open",
        *["carried"] * 5,
        "overdue",
    ]


def test_another_amount_currency_or_account_is_found():
    [rows] = compare(
        (
            [payout("PO1", 10, "BR1"), payout("PO2", 10, "BR2"), payout("PO3", 10, "BR3")],
            [
                entry("BK1", 12, "BR1"),
                entry("BK2", 10, "BR2", currency="USD"),
                entry("BK3", 10, "BR3", account="6333"),
            ],
        )
    )
    expect(
        rows,
        [
            {
                "left_id": "PO1",
                "state": "amount_mismatch",
                "explanation": "credited 2.00 CNY more than paid out",
            },
            {
                "left_id": "PO2",
                "state": "currency_mismatch",
                "explanation": "paid out 10.00 CNY, credited 10.00 USD",
            },
            {
                "left_id": "PO3",
                "state": "status_mismatch",
                "explanation": "paid out: 6222; credited: 6333",
            },
        ],
    )


def test_a_credit_booked_again_and_one_that_nobody_paid_out_are_found():
    [rows] = compare(
        (
            [payout("PO1", 10, "BR1")],
            [entry("BK1", 10, "BR1"), entry("BK2", 10, "BR1"), entry("BK3", 7)],
        )
    )
    expect(
        rows,
        [
            {"right_id": "BK1", "state": "matched"},
            {"right_id": "BK2", "state": "duplicate_right"},
            {"right_id": "BK3", "state": "right_only"},
        ],
    )


def test_a_payout_below_zero_is_debited_and_what_sellers_are_paid_is_no_payout():
    [rows] = compare(
        (
            [payout("PO1", -10, "BR1"), payout("PO2", -20, "BR2"), payout("PO3", 0, "BR3")],
            [entry("BK1", -10, "BR1"), entry("BK2", -20), entry("BK3", -99, "S20260103")],
        )
    )
    expect(rows, [{"left_id": "PO1", "state": "matched"}, {"left_id": "PO2", "state": "matched"}])
