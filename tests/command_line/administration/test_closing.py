"""ledgerlake close and reopen, and what the commands that look say of a day's standing."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.command_line.conftest import FIRST, LAST, Run


def test_half_delivered_days_are_called_provisional_and_are_not_closed(up_to_date: Run) -> None:
    tables = json.loads(up_to_date("tables", "--layer", "ads", "--json").output)["tables"]
    finance = next(each for each in tables if each["table"] == "ads_finance_daily")
    assert finance["final_through"] is None
    assert finance["provisional_days"] == [str(FIRST), str(LAST)]
    shown = json.loads(up_to_date("show", "ads_finance_daily", "--json").output)
    assert shown["standing"] == "provisional"
    assert shown["awaited"]["ods_payment"][0] == str(LAST + timedelta(days=1))
    assert f"{LAST} is provisional in ads_finance_daily; it waits for" in " ".join(
        up_to_date("show", "ads_finance_daily").output.split()
    )
    days = ("--from", FIRST, "--to", LAST)
    told = up_to_date("metric", "paid_amount", *days).output
    assert f"Provisional, for late rows may still come: {FIRST}..{LAST}" in " ".join(told.split())
    refused = up_to_date("close", "--through", FIRST)
    assert refused.exit_code == 1
    assert f"{FIRST}: provisional, waits for" in refused.output


def test_closing_by_force_and_reopening_are_on_record(up_to_date: Run) -> None:
    reason = "the auditor waits"
    closed = up_to_date("close", "--through", FIRST, "--by", "anna", "--force", "--reason", reason)
    assert closed.exit_code == 0, closed.output
    assert f"The books are closed through {FIRST}." in closed.output
    tables = json.loads(up_to_date("tables", "--layer", "ads", "--json").output)["tables"]
    through = {each["table"]: each["closed_through"] for each in tables}
    assert through["ads_finance_daily"] == str(FIRST)
    assert through["ads_user_value"] is None
    reopened = up_to_date("reopen", "--from", FIRST, "--by", "berta", "--reason", "it was too soon")
    assert reopened.exit_code == 0, reopened.output
    record = json.loads(up_to_date("close", "--list", "--json").output)
    assert record["closed_through"] is None
    assert [(each["action"], each["decided_by"]) for each in record["closings"]] == [
        ("close", "anna"), ("reopen", "berta"),
    ]  # fmt: skip
    assert [each["reason"] for each in record["closings"]] == [reason, "it was too soon"]
    assert f"{FIRST}: provisional" in record["closings"][0]["not_final"]
    assert "berta" in up_to_date("show", "book_closing").output


def test_what_is_asked_of_close_must_be_clear(run: Run) -> None:
    assert run("close").exit_code == 2
    assert run("close", "--list", "--through", FIRST).exit_code == 2
    assert run("reopen", "--from", FIRST).exit_code == 2
