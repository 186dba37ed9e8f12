import json

import pytest

from tests.tables.run_events import run_events
from tests.tables.run_sql import DAY, at, blocking_rules, broken_rules, expect
from warehouse_assets.fact.dwd_manual_cost import dwd_manual_cost

COST = {
    "cost": {"amount": "120.00", "currency": "CNY"},
    "cost_center": "logistics",
    "note": '包装材料, 3 箱 "急件"',
    "entered_by": "li.na",
}


def run(tmp_path, payload):
    event = {
        "event_id": "E1",
        "event_type": "manual.cost_entered",
        "event_version": 1,
        "occurred_at": at("2026-01-10 12:00"),
        "payload": json.dumps(payload, ensure_ascii=False),
    }
    return run_events(dwd_manual_cost, [event], tmp_path)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"note": COST["note"], "currency": "CNY", "approved_by": None}),
        ({"note": None}, {"note": None}),
        ({"note": {"text": "no text"}}, {"note": None}),
        ({"approved_by": "wang.wei"}, {"approved_by": "wang.wei"}),
        ({"cost": {"amount": 120}}, {"cost_amount": "120", "currency": "CNY"}),
    ],
)
def test_a_cost_is_taken_as_it_was_typed_in(tmp_path, changed, expected):
    found = run(tmp_path, {**COST, **changed})
    expect(found.rows, [{"event_id": "E1", "cost_amount": "120.00", "dt": DAY, **expected}])
    assert broken_rules(dwd_manual_cost, found.rows) == set()


def test_a_cost_without_the_person_who_entered_it_is_rejected(tmp_path):
    found = run(tmp_path, {**COST, "entered_by": None})
    assert found.reasons == {"E1": "entered_by: $.entered_by is missing"}


def test_a_currency_typed_in_wrong_is_kept_and_reported(tmp_path):
    rows = run(tmp_path, {**COST, "cost": {"amount": "120.00", "currency": "yuan"}}).rows
    expect(rows, [{"cost_amount": "120.00", "currency": "yuan"}])
    broken = broken_rules(dwd_manual_cost, rows)
    assert len(broken) == 1
    assert not broken & blocking_rules(dwd_manual_cost)
