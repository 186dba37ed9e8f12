"""Source events: payloads of many types and versions, as text."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from tests.examples.sample_shop.reading import Delivered, Row

SYSTEMS = {
    "billing.fee_charged": "billing",
    "scheduler.job_finished": "scheduler",
    "manual.cost_entered": "manual_entry",
}


def _payload(event: Row) -> dict[str, Any]:
    return json.loads(event["payload"], parse_float=Decimal)


def test_every_event_is_there_once_on_the_day_it_happened(delivered: Delivered) -> None:
    events = delivered.log("source_event")
    assert len({row["event_id"] for _, row in events}) == len(events) > 500
    for day, row in events:
        assert delivered.business_date(row["occurred_at"]) == day
        assert row["source_system"] == SYSTEMS[row["event_type"]]


def test_the_types_and_versions_come_in_their_shares(delivered: Delivered) -> None:
    events = delivered.log("source_event")
    kinds = Counter((row["event_type"], row["event_version"]) for _, row in events)
    shares = {kind: count / len(events) for kind, count in kinds.items()}
    expected = {
        ("billing.fee_charged", 1): 0.4,
        ("billing.fee_charged", 2): 0.4,
        ("scheduler.job_finished", 1): 0.1,
        ("manual.cost_entered", 1): 0.1,
    }
    assert shares.keys() == expected.keys()
    assert all(abs(shares[kind] - share) < 0.02 for kind, share in expected.items())


def test_a_fee_is_one_amount_in_the_old_version_and_a_list_in_the_new(
    delivered: Delivered,
) -> None:
    lengths: Counter[int] = Counter()
    for _, row in delivered.log("source_event"):
        if row["event_type"] == "billing.fee_charged":
            payload = _payload(row)
            assert payload["channel"] in ("alipay", "wechat_pay", "card")
            if row["event_version"] == 1:
                assert Decimal(payload["fee"]["amount"]) > 0 and payload["currency"] == "CNY"
            else:
                lengths[len(payload["fees"])] += 1
                for fee in payload["fees"]:
                    assert Decimal(fee["amount"]) > 0 and fee["currency"] == "CNY"
    assert set(lengths) == {1, 2, 3}


def test_what_a_payload_may_leave_out_is_left_out_now_and_then(delivered: Delivered) -> None:
    jobs: Counter[tuple[str, bool]] = Counter()
    notes: Counter[bool] = Counter()
    for _, row in delivered.log("source_event"):
        payload = _payload(row)
        if row["event_type"] == "scheduler.job_finished":
            jobs[payload["status"], "row_count" in payload] += 1
        elif row["event_type"] == "manual.cost_entered":
            assert Decimal(payload["cost"]["amount"]) > 0
            notes["note" in payload] += 1
    assert set(jobs) == {("succeeded", True), ("failed", False)}
    assert notes[True] > notes[False] > 0
