"""The judge believes no sum that is a cent off, and none that another sum's error would explain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from examples.sample_shop.errors.truth import InjectedError
from tests.reconciliation.moved import Figures, Group, moves
from tests.reconciliation.score import SumView
from tests.reconciliation.sums import Sums

DAY = date(2026, 1, 5)
FILE: Group = ("alipay", "2026-01-05", "CNY")

ROW = {
    "gross_amount": "100.00",
    "fee_amount": "0.60",
    "transaction_status": "交易成功",
    "transaction_at": "2026-01-05 23:10:00",
    "currency": "CNY",
}


def bill_error(
    kind: str,
    expected_row: Mapping[str, str | None] | None,
    given_row: Mapping[str, str | None] | None,
    refund: str | None = None,
) -> InjectedError:
    return InjectedError(
        kind=kind,
        scenario=3,
        also_seen_by=(8, 9, 18),
        source="channel/alipay",
        effect="changed",
        keys={"outward_no": "C1", "outward_refund_no": refund},
        column="gross_amount",
        expected=None,
        given=None,
        currency="CNY",
        expected_row=expected_row,
        given_row=given_row,
        day=DAY,
    )


def amounts(*texts: str) -> Figures:
    return tuple(map(Decimal, texts))


def moved(rule: str, *errors: InjectedError) -> dict[Group, Figures]:
    found: dict[Group, Figures] = {}
    for group, figures in (each for error in errors for each in moves(rule, error)):
        before = found.get(group, (Decimal(0),) * len(figures))
        found[group] = tuple(a + b for a, b in zip(before, figures, strict=True))
    return {group: figures for group, figures in found.items() if any(figures)}


def test_a_missing_payment_lacks_in_each_figure_of_its_file_and_batch() -> None:
    error = bill_error("bill_missing", ROW, None)
    assert moved("rec_bill_summary", error) == {
        FILE: amounts("-99.40", "-1", "-100.00", "0", "-0.60")
    }
    assert moved("rec_bill_payout", error) == {FILE: amounts("-99.40", "-0.60")}
    assert moved("rec_journal_ledger", error) == {
        ("6601", "CNY", "2026-01-05"): amounts("-0.60"),
        ("1012", "CNY", "2026-01-05"): amounts("0.60"),
    }


def test_a_refund_moves_the_other_way() -> None:
    error = bill_error("refund_bill_missing", ROW, None, refund="R1")
    assert moved("rec_bill_summary", error) == {
        FILE: amounts("99.40", "-1", "0", "-100.00", "0.60")
    }
    assert moved("rec_bill_payout", error) == {FILE: amounts("99.40", "0.60")}


def test_another_currency_is_another_sum() -> None:
    error = bill_error("bill_currency", ROW, {**ROW, "currency": "USD"})
    assert moved("rec_bill_payout", error) == {
        FILE: amounts("-99.40", "-0.60"),
        ("alipay", "2026-01-05", "USD"): amounts("99.40", "0.60"),
    }


def test_what_failed_counts_nowhere() -> None:
    error = bill_error("bill_status", ROW, {**ROW, "transaction_status": "交易关闭"})
    assert moved("rec_bill_payout", error) == {FILE: amounts("-99.40", "-0.60")}


@pytest.mark.parametrize(
    ("reported", "outcome", "other"),
    [
        ({FILE: amounts("-99.40", "-0.60")}, "found", False),
        ({FILE: amounts("-99.41", "-0.60")}, "found", True),
        ({FILE: amounts("-99.40", "-0.59")}, "found", True),
        ({("alipay", "2026-01-06", "CNY"): amounts("-99.40", "-0.60")}, "missed", False),
        ({("card", "2026-01-05", "CNY"): amounts("-99.40", "-0.60")}, "missed", False),
    ],
    ids=["to the cent", "a cent off", "a cent of fee off", "another day", "another channel"],
)
def test_an_error_is_found_by_its_own_sum_alone(
    reported: Mapping[Group, Figures], outcome: str, other: bool
) -> None:
    error = bill_error("bill_missing", ROW, None)
    expected = moved("rec_bill_payout", error)
    verdict = SumView(Sums("rec_bill_payout", expected, reported, ())).verdict(error)
    assert verdict is not None
    assert (verdict.outcome, verdict.other is not None) == (outcome, other)


def test_errors_that_add_up_to_nothing_are_cancelled_and_nothing_may_be_reported_of_them() -> None:
    errors = bill_error("bill_missing", ROW, None), bill_error("bill_extra", None, ROW)
    expected = {FILE: amounts("0", "0")}
    quiet = Sums("rec_bill_payout", expected, {}, ())
    assert moved("rec_bill_payout", *errors) == {}
    for error in errors:
        verdict = SumView(quiet).verdict(error)
        assert verdict is not None and verdict.outcome == "cancelled"
    assert not Sums("rec_bill_payout", expected, {FILE: amounts("0.01", "0")}, ()).is_exact([FILE])


def test_a_wrong_balance_is_right_again_on_the_next_day() -> None:
    error = InjectedError(
        kind="ledger_balance_wrong",
        scenario=18,
        also_seen_by=(),
        source="finance/ledger_balance",
        effect="changed",
        keys={"account_code": "1002", "currency": "CNY"},
        column="debit_amount",
        expected="1.00",
        given="3.00",
        currency="CNY",
        expected_row={"closing_amount": "10.00"},
        given_row={"closing_amount": "12.00"},
        day=DAY,
    )
    assert moved("rec_journal_ledger", error) == {
        ("1002", "CNY", "2026-01-05"): amounts("-2.00"),
        ("1002", "CNY", "2026-01-06"): amounts("2.00"),
    }
