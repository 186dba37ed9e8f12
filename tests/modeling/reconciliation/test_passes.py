"""Looser passes: what they take, what they leave open, and what people decide."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.modeling.reconciliation.rules import (
    NAME,
    RULE,
    bill,
    payment,
    rule_table,
    run_days,
    states,
)
from tests.modeling.reconciliation.test_adjusting import adjustment
from tests.tables.run_sql import DAY, Row, at
from warehouse_assets.modeling import match_alike, match_sum

KEY = RULE.passes[0]
ALIKE = match_alike("amount and day", left=("merchant_no",), right=("merchant_no",), days=1)
SUGGESTS = match_alike(
    "amount and day", left=("merchant_no",), right=("merchant_no",), days=1, suggests=True
)
SUM = match_sum("sum of the day", left=("merchant_no",), right=("merchant_no",), days=2)


def decision(what: str, left: str, right: str, *, day: int) -> Row:
    return {
        "decision_no": f"{what} {left} {right}",
        "rule": NAME,
        "item_id": f"left:{left}",
        "left_id": left,
        "right_id": right,
        "decision": what,
        "dt": DAY + timedelta(days=day),
    }


def run(passes: tuple[Any, ...], rows: dict[str, list[Row]], days: int = 1, **changes: Any) -> Any:
    return run_days(rule_table(passes=passes, **changes), rows, days)


def test_a_loose_pass_takes_only_what_the_key_has_left_over() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00"), payment("2", "5.00")],
        # The bill of payment 1 came without its number; that of payment 2 has the same amount.
        "dwd_channel_bill": [bill("lost", "5.00"), bill("2", "5.00")],
    }
    results = {row["item_id"]: row for row in run((KEY, ALIKE), rows)[DAY]}
    assert {item: row["match_pass"] for item, row in results.items()} == {
        "left:P1": "amount and day",
        "left:P2": "outward number",
    }
    assert results["left:P1"]["right_id"] == "Blost"


def test_of_two_that_fit_equally_well_none_is_taken() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "dwd_channel_bill": [bill("x", "5.00"), bill("y", "5.00")],
    }
    results = {row["item_id"]: row for row in run((KEY, ALIKE), rows)[DAY]}
    assert {row["state"] for row in results.values()} == {"ambiguous"}
    assert results["left:P1"]["candidates"] == "Bx, By"
    assert results["left:P1"]["explanation"] == (
        "paid 5.00 CNY, and several rows fit equally well: Bx, By"
    )


def test_the_nearest_day_is_better() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00", day=1)],
        "dwd_channel_bill": [bill("x", "5.00"), bill("y", "5.00", day=1)],
    }
    found = run((KEY, ALIKE), rows, days=2)[DAY + timedelta(days=1)]
    assert states(found) == {"left:P1": "matched", "right:Bx": "right_only"}


def test_rows_too_far_apart_are_not_alike() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00", day=2)],
        "dwd_channel_bill": [bill("x", "5.00")],
    }
    found = run((KEY, ALIKE), rows, days=3)[DAY + timedelta(days=2)]
    assert states(found) == {"left:P1": "left_only", "right:Bx": "right_only"}


def test_too_many_alike_are_not_tried() -> None:
    rows = {
        "dwd_payment": [payment(f"p{number}", "5.00") for number in range(30)],
        "dwd_channel_bill": [bill(f"b{number}", "5.00") for number in range(30)],
    }
    results = run((KEY, ALIKE), rows)[DAY]
    assert len(results) == 60
    assert {row["state"] for row in results} == {"ambiguous"}


def test_a_suggestion_stays_open_until_a_person_has_decided() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00"), payment("2", "7.00")],
        "dwd_channel_bill": [bill("x", "5.00"), bill("y", "7.00")],
        "ods_reconciliation_decision": [
            decision("confirm", "P1", "Bx", day=1),
            decision("reject", "P2", "By", day=1),
        ],
    }
    found = run((KEY, SUGGESTS), rows, days=3)
    assert states(found[DAY]) == {"left:P1": "suggested", "left:P2": "suggested"}
    assert all(row["is_open"] for row in found[DAY])
    after = found[DAY + timedelta(days=1)]
    assert states(after) == {
        "left:P1": "matched",
        "left:P2": "left_only",
        "right:By": "right_only",
    }
    [confirmed] = [row for row in after if row["item_id"] == "left:P1"]
    assert (confirmed["match_pass"], confirmed["standing"]) == ("confirmed", "closed")
    assert states(found[DAY + timedelta(days=2)]) == {
        "left:P2": "left_only",
        "right:By": "right_only",
    }


def test_a_confirmed_pair_that_differs_stays_one_item_until_it_is_rejected() -> None:
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "dwd_channel_bill": [bill("x", "4.00")],
        "ods_reconciliation_decision": [
            decision("confirm", "P1", "Bx", day=1),
            {**decision("reject", "P1", "Bx", day=3), "decided_at": at("2026-01-13 09:00")},
        ],
    }
    found = run((KEY, SUGGESTS), rows, days=5)
    for day in (1, 2):
        [item] = found[DAY + timedelta(days=day)]
        assert (item["item_id"], item["state"], item["open_amount"]) == (
            "left:P1",
            "amount_mismatch",
            Decimal("1.00"),
        )
    for day in (3, 4):
        assert states(found[DAY + timedelta(days=day)]) == {
            "left:P1": "left_only",
            "right:Bx": "right_only",
        }


@pytest.mark.parametrize("second", ["Bx", "By"])
def test_who_confirms_twice_takes_no_row_twice(second: str) -> None:
    """The later decision counts."""
    rows = {
        "dwd_payment": [payment("1", "5.00")],
        "dwd_channel_bill": [bill("x", "5.00"), bill("y", "5.00")],
        "ods_reconciliation_decision": [
            {**decision("confirm", "P1", right, day=1), "decision_no": number}
            for number, right in (("D1", "Bx"), ("D2", second))
        ],
    }
    results = {
        row["item_id"]: row for row in run((KEY, SUGGESTS), rows, days=2)[DAY + timedelta(days=1)]
    }
    assert len(results) == 2
    assert (results["left:P1"]["state"], results["left:P1"]["right_id"]) == ("matched", second)


def test_what_was_adjusted_of_the_rows_of_a_sum_is_not_lost() -> None:
    rows = {
        "dwd_payment": [payment("1", "3.00"), payment("2", "4.00")],
        "dwd_channel_bill": [bill("x", "7.00", day=2)],
        "dwd_manual_adjustment": [adjustment("A1", "left:P2", "1.00")],
    }
    [item] = run((KEY, SUM), rows, days=3, match="n:1")[DAY + timedelta(days=2)]
    assert (item["state"], item["open_amount"], item["explained_amount"]) == (
        "amount_mismatch",
        Decimal("-1.00"),
        Decimal("1.00"),
    )


def test_rows_are_summed_up_where_one_sum_only_fits() -> None:
    rows = {
        "dwd_payment": [payment("1", "3.00"), payment("2", "4.00", day=1), payment("3", "9.00")],
        "dwd_channel_bill": [bill("x", "7.00", day=1)],
    }
    found = run((KEY, SUM), rows, days=2, match="n:1")[DAY + timedelta(days=1)]
    results = {row["item_id"]: row for row in found}
    assert results.keys() == {"left:P1", "left:P3"}
    taken = results["left:P1"]
    assert (taken["state"], taken["left_count"], taken["left_amount"], taken["candidates"]) == (
        "matched",
        2,
        Decimal("7.00"),
        "P1, P2",
    )
    assert results["left:P3"]["state"] == "left_only"


def test_a_rejected_row_is_in_no_sum() -> None:
    rows = {
        "dwd_payment": [payment("1", "3.00"), payment("2", "4.00"), payment("3", "7.00")],
        "dwd_channel_bill": [bill("x", "7.00")],
        "ods_reconciliation_decision": [decision("reject", "P3", "Bx", day=1)],
    }
    for passes in ((KEY, SUM), (KEY, SUGGESTS, SUM)):
        found = run(passes, rows, days=2, match="n:1")
        [taken] = [row for row in found[DAY + timedelta(days=1)] if row["right_id"]]
        assert (taken["state"], taken["candidates"]) == ("matched", "P1, P2")


def test_where_several_sums_fit_nothing_is_guessed() -> None:
    rows = {
        "dwd_payment": [payment("1", "3.00"), payment("2", "4.00"), payment("3", "4.00")],
        "dwd_channel_bill": [bill("x", "7.00")],
    }
    results = run((KEY, SUM), rows, match="n:1")[DAY]
    assert states(results) == {
        "left:P1": "left_only",
        "left:P2": "left_only",
        "left:P3": "left_only",
        "right:Bx": "ambiguous",
    }
    [unclear] = [row for row in results if row["state"] == "ambiguous"]
    assert unclear["candidates"] == "P1 + P2, P1 + P3"
