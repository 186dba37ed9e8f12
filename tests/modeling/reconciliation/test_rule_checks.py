"""A rule with a mistake is an error when the code is loaded, with the next step."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.modeling.reconciliation.rules import RULE
from tests.tables.run_sql import known_tables
from warehouse_assets.modeling import figure, match_alike, match_key, match_sum, tolerance
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
    "days": ({"passes": (KEY, alike(days="1"))}, "loose: days is '1'"),
    "sums of no group": ({"passes": (KEY, SUM)}, "Say which side is summed up"),
    "too many figures": (figures("a", "b", "c", "d", "e"), "Give at most 4"),
    "figure that is the amount": (figures("amount"), "Give it as amount= of the side"),
    "one figure": ({"left": figures("a")["left"]}, "only one side has the figure a"),
    "one status": ({"left": replace(RULE.left, status=None)}, "only one side has a status"),
    "one currency": ({"left": replace(RULE.left, currency=None)}, "only one side has a currency"),
    "open days": ({"open_days": 1.5}, "open_days is 1.5"),
    "diff rate": ({"diff_rate": Decimal(2)}, "Give a share, 0 to 1"),
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
