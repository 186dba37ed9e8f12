"""A rule with a mistake is an error when the code is loaded, with the next step."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.modeling.reconciliation.rules import RULE
from tests.tables.run_sql import known_tables
from warehouse_assets.modeling import (
    figure,
    following,
    match_alike,
    match_key,
    match_sum,
    same_day,
    tolerance,
    trailing,
)
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.reconciliation.reconcile import Reconcile
from warehouse_assets.modeling.reconciliation.rule_checks import check_rule, checked_rule
from warehouse_assets.reconciliation.rec_payment_bill import rec_payment_bill

KEY = RULE.passes[0]


def alike(name: str = "loose", **changes: Any) -> Any:
    loose = match_alike(name, left=("merchant_no",), right=("merchant_no",), days=1)
    return replace(loose, **changes)


def figures(*names: str) -> dict[str, Any]:
    return {
        "left": replace(RULE.left, figures={name: figure("paid_amount") for name in names}),
        "right": replace(RULE.right, figures={name: figure("gross_amount") for name in names}),
    }


SUM = match_sum("sum", left=("merchant_no",), right=("merchant_no",), days=1)
MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "column": ({"left": replace(RULE.left, amount="paid_amout")}, "Did you mean paid_amount?"),
    "column of a key": (
        {"passes": (match_key("number", left=("outward",), right=("outward_no",)),)},
        "the left names outward, which is no column of dwd_payment",
    ),
    "column of an amount that is a text": (
        {"left": replace(RULE.left, amount="payment_no")},
        "the left compares dwd_payment.payment_no, which is VARCHAR",
    ),
    "column that has more decimals": (
        {"right": replace(RULE.right, amount="contract_fee_rate")},
        "CAST(contract_fee_rate * 10000 AS DECIMAL(18, 2))",
    ),
    "amount that may be null": (
        {"right": replace(RULE.right, amount="contract_fee_amount")},
        "the amount of the right is dwd_channel_bill.contract_fee_amount, which may be null",
    ),
    "status in a condition": (
        {
            "left": replace(
                RULE.left,
                table="dwd_refund",
                row="refund_no",
                amount="refund_amount",
                where="refund_type <> 'chargebak'",
            ),
            "passes": (match_key("number", left=("refund_no",), right=("outward_no",)),),
        },
        "the value chargebak, which dwd_refund.refund_type never has",
    ),
    "status in a SELECT": (
        {
            "left": replace(
                RULE.left,
                rows="SELECT p.* FROM dwd_payment AS p JOIN dwd_refund AS r "
                "ON r.payment_no = p.payment_no AND r.refund_type IN ('chargebak')",
            )
        },
        "the value chargebak, which dwd_refund.refund_type never has",
    ),
    "currency of a side": (
        {"left": replace(RULE.left, currency="'CNX'")},
        "the left names CNX, which is no currency",
    ),
    "currency": ({"tolerance": tolerance({"CNX": Decimal(1)})}, "CNX, which is no currency"),
    "tolerance below 0": ({"tolerance": tolerance(Decimal(-1))}, "Give a Decimal from 0"),
    "tolerance that is a float": ({"fee_tolerance": tolerance(0.01)}, "Give a Decimal from 0"),  # type: ignore[arg-type]
    "tolerance of a currency that is a float": (
        {"tolerance": tolerance({"CNY": 0.01})},  # type: ignore[dict-item]
        "Give a Decimal from 0",
    ),
    "part of a cent": ({"tolerance": tolerance(Decimal("0.005"))}, "amounts have two decimals"),
    "share": ({"tolerance": tolerance(relative=Decimal(5))}, "relative is Decimal('5')"),
    "larger": ({"tolerance": tolerance(take="largest")}, "Give larger or smaller"),  # type: ignore[arg-type]
    "match": ({"match": "1:m"}, "Give 1:1 or 1:n or n:1 or n:m"),
    "compare": ({"compare": "at least"}, "Give equal or at most"),
    "no pass": ({"passes": ()}, "Begin with match_key"),
    "too many passes": ({"passes": (KEY, alike("a"), alike("b"), alike("c"))}, "at most 2 looser"),
    "passes of one name": ({"passes": (KEY, alike(), alike())}, "two passes are called loose"),
    "pass that is called as people's": (
        {"passes": (KEY, alike("confirmed"))},
        "a pass is called 'confirmed'",
    ),
    "sums of part of a row": (
        {"match": "n:1", "passes": (KEY, replace(SUM, members=2.5))},
        "members is 2.5",
    ),
    "tolerance that is no number": ({"tolerance": tolerance(Decimal("NaN"))}, "Give a Decimal"),
    "tolerance of a fee that is not there": (
        {"fee_tolerance": tolerance(Decimal(1))},
        "Give both sides a fee=",
    ),
    "figure without a name": (figures(" "), "a further figure has no name"),
    "days": ({"passes": (KEY, alike(days="1"))}, "loose: days is '1'"),
    "sums of no group": ({"passes": (KEY, SUM)}, "Say which side is summed up"),
    "too many figures": (figures("a", "b", "c", "d", "e"), "Give at most 4"),
    "figure that is the amount": (figures("amount"), "Give it as amount= of the side"),
    "one figure": ({"left": figures("a")["left"]}, "only one side has the figure a"),
    "one status": ({"left": replace(RULE.left, status=None)}, "only one side has a status"),
    "one currency": ({"left": replace(RULE.left, currency=None)}, "only one side has a currency"),
    "open days": ({"open_days": 1.5}, "open_days is 1.5"),
    "diff rate": ({"diff_rate": Decimal(2)}, "Give a share, 0 to 1"),
    "diff rate that is a text": ({"diff_rate": "0.01"}, "Give a share, 0 to 1"),
    "two windows": (
        {
            "right": replace(
                RULE.right, reads={"dwd_payment": following(days=2)}, window=trailing(days=2)
            ),
            "left": replace(RULE.left, window=trailing(days=3)),
        },
        "reads dwd_payment by following(days=2) and by trailing(days=3)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_rule_and_remedy(mistake: str) -> None:
    changes, said = MISTAKES[mistake]
    with pytest.raises(LoadError) as raised:
        check_rule(
            checked_rule(replace(RULE, **changes), rec_payment_bill),
            rec_payment_bill,
            known_tables(),
        )
    text = str(raised.value)
    assert "rec_payment_bill.py" in text
    assert "Next step: " in text
    assert said in text


def test_a_table_that_both_sides_read_is_read_by_the_wider_window() -> None:
    for left, right in ((trailing(days=7), same_day()), (same_day(), trailing(days=7))):
        rule = replace(
            RULE,
            left=replace(RULE.left, window=left),
            right=replace(RULE.right, reads={RULE.left.table: right}),
        )
        assert checked_rule(rule, rec_payment_bill).reads[RULE.left.table] == trailing(days=7)


def test_a_key_of_one_part_may_be_a_text() -> None:
    assert match_key("order", left="order_no", right="order_no").left == ("order_no",)


def test_every_rule_of_the_warehouse_fits() -> None:
    rules = [
        each for each in known_tables().values() if isinstance(each.materialization, Reconcile)
    ]
    assert len(rules) >= 20
    for each in rules:
        assert isinstance(each.materialization, Reconcile)
        check_rule(checked_rule(each.materialization.rule, each), each, known_tables())
