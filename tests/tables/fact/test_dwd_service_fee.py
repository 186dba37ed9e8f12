import json
from decimal import Decimal

import pytest

from tests.tables.run_events import run_events
from tests.tables.run_sql import DAY, at, blocking_rules, broken_rules, expect
from warehouse_assets.fact.dwd_service_fee import dwd_service_fee

NOON = at("2026-01-10 12:00")
FIRST = {
    "charge_no": "F1",
    "channel": "alipay",
    "fee": {"kind": "service", "amount": 12.34},
    "currency": "CNY",
    "charged_at": "2026-01-10T04:00:00Z",
}
SECOND = {
    "charge_no": "F2",
    "channel": "card",
    "fees": [
        {"kind": "service", "amount": "12.34", "currency": "CNY"},
        {"kind": "installment", "amount": 1, "currency": "USD"},
    ],
    "charged_at": "2026-01-10T12:00:00+08:00",
}


def event(payload, version=1, event_id="E1", **values):
    return {
        "event_id": event_id,
        "event_type": "billing.fee_charged",
        "event_version": version,
        "occurred_at": NOON,
        "updated_at": NOON,
        "payload": payload if isinstance(payload, str) else json.dumps(payload),
        **values,
    }


def test_both_versions_give_the_same_columns(tmp_path):
    found = run_events(dwd_service_fee, [event(FIRST), event(SECOND, 2, "E2")], tmp_path)
    assert found.rejected == []
    expect(
        found.rows,
        [
            {"event_id": "E1", "fee_no": 1, "charge_no": "F1", "channel": "alipay",
             "fee_kind": "service", "service_fee_amount": "12.34", "currency": "CNY",
             "charged_at": NOON, "dt": DAY},
            {"event_id": "E2", "fee_no": 1, "charge_no": "F2", "channel": "card",
             "fee_kind": "service", "service_fee_amount": "12.34", "currency": "CNY",
             "charged_at": NOON, "dt": DAY},
            {"event_id": "E2", "fee_no": 2, "charge_no": "F2", "channel": "card",
             "fee_kind": "installment", "service_fee_amount": "1.00", "currency": "USD",
             "charged_at": NOON, "dt": DAY},
        ],
    )  # fmt: skip
    assert broken_rules(dwd_service_fee, found.rows) == set()


@pytest.mark.parametrize("spelled", ["0.30", "0.1", "9007199254740993.17", "1234567890123456.78"])
def test_an_amount_is_what_the_payload_spells_not_the_double_nearest_to_it(tmp_path, spelled):
    payload = json.dumps(FIRST).replace("12.34", spelled)
    (row,) = run_events(dwd_service_fee, [event(payload)], tmp_path).rows
    assert row["service_fee_amount"] == Decimal(spelled)


@pytest.mark.parametrize(
    ("payload", "version", "reason"),
    [
        (json.dumps(FIRST)[:-20], 1, "the payload is no JSON"),
        (FIRST, 3, "version 3 is none of 1, 2"),
        ({**FIRST, "fee": {"kind": "service"}}, 1, "service_fee_amount: $.fee.amount is missing"),
        ({**FIRST, "fee": {"kind": "x", "amount": "a lot"}}, 1,
         "service_fee_amount: 'a lot' is no DECIMAL(18,2)"),
        ({**FIRST, "fee": {"kind": "x", "amount": 0.1 + 0.2}}, 1,
         "service_fee_amount: '0.30000000000000004' does not fit DECIMAL(18,2) exactly"),
        ({**FIRST, "charge_no": ["F1"]}, 1, "charge_no: $.charge_no is an array"),
        ({**SECOND, "fees": {"kind": "x"}}, 2, "$.fees[*] is no array"),
        ({**SECOND, "fees": [*SECOND["fees"], {"kind": "x", "amount": 1}]}, 2,
         "element 3: currency: @.currency is missing"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_rejected_whole_with_its_payload(tmp_path, payload, version, reason):
    good = event(FIRST, event_id="E0")
    found = run_events(dwd_service_fee, [good, event(payload, version)], tmp_path)
    assert [row["event_id"] for row in found.rows] == ["E0"]
    assert found.reasons == {"E1": reason}
    assert found.rejected[0]["raw"] == event(payload)["payload"]
    assert found.counts == {DAY: (1, 1)}


def test_an_event_without_fees_gives_no_rows_and_is_not_rejected(tmp_path):
    found = run_events(dwd_service_fee, [event({**SECOND, "fees": []}, 2)], tmp_path)
    assert (found.rows, found.rejected, found.counts) == ([], [], {DAY: (1, 0)})


def test_the_latest_version_of_an_event_counts_and_other_types_do_not(tmp_path):
    later = {**FIRST, "fee": {"kind": "service", "amount": "5"}}
    events = [
        event("broken"),
        event(later, updated_at=at("2026-01-10 13:00")),
        event(FIRST, event_id="E2", event_type="billing.fee_waived"),
    ]
    found = run_events(dwd_service_fee, events, tmp_path)
    expect(found.rows, [{"event_id": "E1", "service_fee_amount": "5"}])
    assert found.rejected == []


def test_a_fee_below_zero_is_kept_and_reported(tmp_path):
    below_zero = {**FIRST, "fee": {"kind": "service", "amount": "-1.00"}}
    rows = run_events(dwd_service_fee, [event(below_zero)], tmp_path).rows
    expect(rows, [{"event_id": "E1", "service_fee_amount": "-1.00"}])
    broken = broken_rules(dwd_service_fee, rows)
    assert len(broken) == 1
    assert not broken & blocking_rules(dwd_service_fee)
