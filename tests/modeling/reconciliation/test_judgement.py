"""What a rule says of two rows: in the order of judgement, within the tolerance, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.modeling.reconciliation.rules import RULE, bill, payment, rule_table, run_days
from tests.tables.run_sql import DAY, Row
from warehouse_assets.modeling import figure, match_key, tolerance
from warehouse_assets.modeling.reconciliation.rule import Tolerance


def judged(paid: Row | None, billed: Row | None, **changes: object) -> Row:
    rows = {
        "dwd_payment": [paid] if paid else [],
        "dwd_channel_bill": [billed] if billed else [],
    }
    [result] = run_days(rule_table(**changes), rows)[DAY]
    return result


@pytest.mark.parametrize(
    ("right", "state", "open_amount", "explanation"),
    [
        (bill("1", "10.00"), "matched", "0", ""),
        (None, "left_only", "10.00", "paid 10.00 CNY, not billed"),
        (bill("1", "10.02"), "amount_mismatch", "-0.02", "billed 0.02 CNY more than paid"),
        (bill("1", "9.99"), "amount_mismatch", "0.01", "billed 0.01 CNY less than paid"),
        (
            bill("1", "10.00", currency="USD"),
            "currency_mismatch",
            "10.00",
            "paid 10.00 CNY, billed 10.00 USD",
        ),
        (
            bill("1", "10.00", is_successful=False),
            "status_mismatch",
            "10.00",
            "paid: succeeded; billed: failed",
        ),
        # The status goes before the currency, the currency before the amount.
        (
            bill("1", "9.00", currency="USD", is_successful=False),
            "status_mismatch",
            "10.00",
            "paid: succeeded; billed: failed",
        ),
        (
            bill("1", "9.00", currency="USD"),
            "currency_mismatch",
            "10.00",
            "paid 10.00 CNY, billed 9.00 USD",
        ),
    ],
)
def test_the_first_difference_in_the_order_of_judgement_is_the_state(
    right: Row | None, state: str, open_amount: str, explanation: str
) -> None:
    result = judged(payment("1", "10.00"), right)
    assert (result["state"], result["open_amount"], result["explanation"]) == (
        state,
        Decimal(open_amount),
        explanation,
    )
    assert result["is_open"] == (state != "matched")


def test_a_bill_without_a_payment() -> None:
    result = judged(None, bill("1", "3.50"))
    assert (result["state"], result["open_amount"]) == ("right_only", Decimal("-3.50"))
    assert result["explanation"] == "billed 3.50 CNY, not paid"


def test_a_cent_is_seen_in_ten_billions() -> None:
    result = judged(payment("1", "10000000000.00"), bill("1", "10000000000.01"))
    assert (result["state"], result["difference_amount"]) == ("amount_mismatch", Decimal("-0.01"))


@pytest.mark.parametrize(
    ("allowed", "within", "beyond", "used"),
    [
        (tolerance(Decimal("0.05")), "10.05", "10.06", "0.05"),
        (tolerance({"CNY": Decimal("0.03"), "JPY": Decimal(1)}), "10.03", "10.04", "0.03"),
        (tolerance(relative=Decimal("0.01")), "10.10", "10.11", "0.10"),
        (tolerance(Decimal("0.05"), relative=Decimal("0.01")), "10.10", "10.11", "0.10"),
        (
            tolerance(Decimal("0.05"), relative=Decimal("0.01"), take="smaller"),
            "10.05",
            "10.06",
            "0.05",
        ),
    ],
)
def test_what_is_tolerated_is_counted_and_what_is_beyond_is_open(
    allowed: Tolerance, within: str, beyond: str, used: str
) -> None:
    result = judged(payment("1", "10.00"), bill("1", within), tolerance=allowed)
    assert (result["state"], result["tolerance_amount"]) == (
        "matched_within_tolerance",
        Decimal(used),
    )
    assert "which is tolerated" in result["explanation"]
    assert judged(payment("1", "10.00"), bill("1", beyond), tolerance=allowed)["state"] == (
        "amount_mismatch"
    )


def test_a_tolerance_per_line_grows_with_the_lines() -> None:
    by_merchant = match_key("merchant", left=("merchant_no",), right=("merchant_no",))
    table = rule_table(
        match="n:1", passes=(by_merchant,), tolerance=tolerance(per_line=Decimal("0.01"))
    )
    payments = [payment(str(number), "1.00") for number in range(5)]
    for billed, state in (("5.05", "matched_within_tolerance"), ("5.06", "amount_mismatch")):
        rows = {"dwd_payment": payments, "dwd_channel_bill": [bill("x", billed)]}
        [result] = run_days(table, rows)[DAY]
        assert (result["left_count"], result["left_amount"]) == (5, Decimal("5.00"))
        assert (result["state"], result["tolerance_amount"]) == (state, Decimal("0.05"))


def with_figures(left: Mapping[str, str], right: Mapping[str, str]) -> dict[str, object]:
    return {
        "left": replace(RULE.left, figures={name: figure(sql) for name, sql in left.items()}),
        "right": replace(RULE.right, figures={name: figure(sql) for name, sql in right.items()}),
    }


def test_a_further_figure_is_compared_and_named() -> None:
    figures = with_figures({"interest": "installment_interest_amount"}, {"interest": "fee_amount"})
    left = payment("1", "10.00", installment_interest_amount=Decimal("0.30"))
    result = judged(left, bill("1", "10.00", fee_amount=Decimal("0.50")), **figures)
    assert (result["state"], result["figure"]) == ("amount_mismatch", "interest")
    assert (result["open_amount"], result["difference_amount"]) == (Decimal("-0.20"), Decimal(0))
    assert result["explanation"] == "interest: billed 0.20 CNY more than paid"


def test_a_figure_may_be_called_fee() -> None:
    figures = with_figures({"fee": "installment_interest_amount"}, {"fee": "fee_amount"})
    left = payment("1", "10.00", installment_interest_amount=Decimal("0.30"))
    result = judged(left, bill("1", "10.00", fee_amount=Decimal("0.50")), **figures)
    assert result["open_amount"] == Decimal("-0.20")
    assert result["explanation"] == "fee: billed 0.20 CNY more than paid"


def test_the_fee_is_judged_last() -> None:
    fees = {
        "left": replace(RULE.left, fee="installment_interest_amount"),
        "right": replace(RULE.right, fee="fee_amount"),
    }
    left = payment("1", "10.00", installment_interest_amount=Decimal("0.30"))
    result = judged(left, bill("1", "10.00", fee_amount=Decimal("0.25")), **fees)
    assert (result["state"], result["figure"]) == ("fee_mismatch", "fee")
    assert result["open_amount"] == Decimal("0.05")
    both = judged(left, bill("1", "9.00", fee_amount=Decimal("0.25")), **fees)
    assert both["state"] == "amount_mismatch"


def test_a_fee_within_its_tolerance_is_counted() -> None:
    result = judged(
        payment("1", "10.00", installment_interest_amount=Decimal("0.30")),
        bill("1", "10.00", fee_amount=Decimal("0.29")),
        left=replace(RULE.left, fee="installment_interest_amount"),
        right=replace(RULE.right, fee="fee_amount"),
        fee_tolerance=tolerance(Decimal("0.01")),
    )
    assert (result["state"], result["figure"]) == ("matched_within_tolerance", "fee")
    assert result["explanation"] == "fee: billed 0.01 CNY less than paid, which is tolerated"


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_blank_number_is_no_key(blank: str | None) -> None:
    left, right = payment("1", "5.00", outward_no=blank), bill("1", "5.00", outward_no=blank)
    alone = match_key("outward number", left=("outward_no",), right=("outward_no",))
    for passes in (RULE.passes, (alone,)):
        rows = {"dwd_payment": [left], "dwd_channel_bill": [right]}
        results = run_days(rule_table(passes=passes), rows)[DAY]
        assert {row["state"] for row in results} == {"left_only", "right_only"}


@pytest.mark.parametrize("currencies", [("CNY", None), (None, "CNY")])
def test_what_has_no_currency_does_not_agree_with_what_has_one(
    currencies: tuple[str | None, str | None],
) -> None:
    left, right = currencies
    rows = {
        "dwd_payment": [payment("1", "5.00", currency=left)],
        "dwd_channel_bill": [bill("1", "5.00", currency=right)],
    }
    days = run_days(rule_table(), rows, days=2)
    assert [row["state"] for [row] in days.values()] == ["currency_mismatch"] * 2


def test_a_fee_or_status_that_is_not_known_does_not_agree_with_one_that_is() -> None:
    fees = {
        "left": replace(RULE.left, fee="installment_interest_amount"),
        "right": replace(RULE.right, fee="fee_amount"),
    }
    left = payment("1", "5.00", installment_interest_amount=None)
    result = judged(left, bill("1", "5.00", fee_amount=Decimal("1.00")), **fees)
    assert (result["state"], result["open_amount"]) == ("fee_mismatch", Decimal("-1.00"))
    statuses = {
        "left": replace(RULE.left, status="order_no"),
        "right": replace(RULE.right, status="channel"),
    }
    result = judged(payment("1", "5.00", order_no=None), bill("1", "5.00"), **statuses)
    assert (result["state"], result["explanation"]) == (
        "status_mismatch",
        "paid: not known; billed: alipay",
    )


def test_what_is_counted_is_no_money_that_is_open() -> None:
    instalments = {"instalments": figure("installment_count", unit="")}
    result = judged(
        payment("1", "10.00", installment_count=3),
        bill("1", "10.00"),
        left=replace(RULE.left, figures=instalments),
        right=replace(RULE.right, figures={"instalments": figure("0", unit="")}),
    )
    assert (result["state"], result["figure"]) == ("amount_mismatch", "instalments")
    assert (result["is_open"], result["open_amount"]) == (True, 0)
    assert result["explanation"] == "instalments: billed 3 less than paid"


def test_at_most_lets_the_left_be_less() -> None:
    assert judged(payment("1", "9.00"), bill("1", "10.00"), compare="at most")["state"] == "matched"
    more = judged(payment("1", "10.01"), bill("1", "10.00"), compare="at most")
    assert more["state"] == "amount_mismatch"


def test_parts_of_a_key_are_not_mixed_up() -> None:
    """Whatever characters they hold, two keys are the same only if each part is."""
    left = payment("1", "10.00", merchant_no="M|1", outward_no="x")
    rows = {
        "dwd_payment": [left],
        "dwd_channel_bill": [bill("1", "10.00", merchant_no="M", outward_no="1|x")],
    }
    assert len(run_days(rule_table(), rows)[DAY]) == 2
    assert judged(left, bill("1", "10.00", merchant_no="M|1", outward_no="x"))["state"] == "matched"
    tilde = payment("1", "10.00", merchant_no="M~", outward_no="|x")
    other = bill("1", "10.00", merchant_no="M~|", outward_no="x")
    results = run_days(rule_table(), {"dwd_payment": [tilde], "dwd_channel_bill": [other]})[DAY]
    assert {row["state"] for row in results} == {"left_only", "right_only"}


@pytest.mark.parametrize(
    ("other", "rest"),
    [("4.99", {}), ("5.00", {"currency": "USD"})],
)
def test_of_two_rows_with_a_key_the_one_that_fits_is_compared(
    other: str, rest: Mapping[str, object]
) -> None:
    bills = [bill("1", other, bill_line_id="B1", **rest), bill("1", "5.00", bill_line_id="B2")]
    rows = {"dwd_payment": [payment("1", "5.00")], "dwd_channel_bill": bills}
    found = run_days(rule_table(), rows)[DAY]
    assert {(each["item_id"], each["right_id"], each["state"]) for each in found} == {
        ("left:P1", "B2", "matched"),
        ("right:B1", "B1", "duplicate_right"),
    }


def test_a_row_that_fits_comes_too_late_where_another_was_compared_before() -> None:
    bills = [bill("1", "4.99", bill_line_id="B1"), bill("1", "5.00", day=1, bill_line_id="B2")]
    rows = {"dwd_payment": [payment("1", "5.00")], "dwd_channel_bill": bills}
    found = run_days(rule_table(), rows, days=2)[DAY + timedelta(days=1)]
    assert {(each["item_id"], each["right_id"], each["state"]) for each in found} == {
        ("left:P1", "B1", "amount_mismatch"),
        ("right:B2", "B2", "duplicate_right"),
    }
