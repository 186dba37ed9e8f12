"""Every error is found as what it is, and nothing is reported that is none."""

from __future__ import annotations

import pytest

from tests.reconciliation.expected import SCENARIO_OF
from tests.reconciliation.measured_shop import MeasuredShop, rules
from tests.reconciliation.score import Score, score
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse


@pytest.fixture(scope="module")
def found(wrong: MeasuredShop) -> Score:
    return score(wrong)


def test_every_rule_is_measured() -> None:
    declared = {name for name in load_warehouse().tables if name.startswith("rec_")}
    # What people type in by hand the shop does not get wrong.
    assert set(rules()) == declared - {"rec_adjustment"}
    assert set(SCENARIO_OF.values()) == set(range(1, 19))


def test_every_error_that_can_be_seen_is_found(found: Score) -> None:
    assert len(found.kinds) > 50
    missed = {key: each.missed for key, each in found.kinds.items() if each.missed}
    assert missed == {}


def test_every_error_is_found_as_what_it_is(found: Score) -> None:
    other = {key: each.in_other_state for key, each in found.kinds.items() if each.in_other_state}
    assert other == {}


def test_hardly_any_error_makes_up_for_another(found: Score) -> None:
    made = sum(each.made for each in found.kinds.values())
    assert sum(each.cancelled for each in found.kinds.values()) <= made * 0.02


@pytest.mark.parametrize("rule", rules())
def test_a_rule_reports_only_errors(found: Score, rule: str) -> None:
    score_of = found.rules[rule]
    assert score_of.reported > 0
    assert score_of.unexplained == []


def test_a_shop_without_errors_has_no_difference(right: MeasuredShop) -> None:
    with right.connect() as connection:
        empty = [
            rule
            for rule in rules()
            if not connection.execute(f"SELECT 1 FROM {rule} LIMIT 1").fetchall()
        ]
    assert empty == []
    found = score(right)
    assert set(found.rules) == set(rules())
    reported = {rule: each.unexplained for rule, each in found.rules.items() if each.reported}
    assert reported == {}
