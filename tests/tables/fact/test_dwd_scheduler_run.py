import json

from tests.tables.run_events import run_events
from tests.tables.run_sql import DAY, at, broken_rules, expect
from warehouse_assets.fact.dwd_scheduler_run import dwd_scheduler_run

RUN = {
    "job": {"name": "settle_sellers", "run_no": "J1"},
    "status": "succeeded",
    "attempt_count": 2,
    "row_count": 1234,
    "started_at": "2026-01-10T03:59:00Z",
    "finished_at": "2026-01-10T04:00:00Z",
}


def event(payload, event_id="E1"):
    return {
        "event_id": event_id,
        "event_type": "scheduler.job_finished",
        "event_version": 1,
        "occurred_at": at("2026-01-10 12:00"),
        "payload": json.dumps(payload),
    }


def without(*names):
    return {name: value for name, value in RUN.items() if name not in names}


def test_a_run_says_whether_it_did_what_it_should(tmp_path):
    failed = {**without("row_count", "attempt_count"), "status": "failed"}
    found = run_events(dwd_scheduler_run, [event(RUN), event(failed, "E2")], tmp_path)
    assert found.rejected == []
    expect(
        found.rows,
        [
            {"event_id": "E1", "job_name": "settle_sellers", "run_no": "J1", "is_successful": True,
             "attempt_count": 2, "row_count": 1234, "started_at": at("2026-01-10 11:59"),
             "finished_at": at("2026-01-10 12:00"), "dt": DAY},
            {"event_id": "E2", "job_name": "settle_sellers", "run_no": "J1", "is_successful": False,
             "attempt_count": 1, "row_count": None, "started_at": at("2026-01-10 11:59"),
             "finished_at": at("2026-01-10 12:00"), "dt": DAY},
        ],
    )  # fmt: skip
    assert broken_rules(dwd_scheduler_run, found.rows) == set()


def test_a_status_that_nobody_knows_is_rejected(tmp_path):
    found = run_events(dwd_scheduler_run, [event({**RUN, "status": "maybe"})], tmp_path)
    assert found.reasons == {"E1": "is_successful: $.status is maybe, none of succeeded, failed"}


def test_what_contradicts_itself_is_reported(tmp_path):
    ended_before = {**without("row_count"), "finished_at": "2026-01-10T03:00:00Z"}
    rows = run_events(dwd_scheduler_run, [event(ended_before)], tmp_path).rows
    assert broken_rules(dwd_scheduler_run, rows) == {
        "ends_after_its_beginning",
        "successful_has_rows",
    }
