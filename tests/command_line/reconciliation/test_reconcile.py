"""What people see of reconciliations: all rules, one rule, one item; now, and as reported then."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.command_line.conftest import Run
from tests.reporting.reconciled_lake import FIRST, FORMULA, LAST, RULE, ReconciledLake

BILL = "channel/alipay/2026-03-01/bill.csv"


def said(run: Run, *arguments: object) -> str:
    result = run("reconcile", *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def document(run: Run, *arguments: object) -> Any:
    return json.loads(said(run, *arguments, "--json"))


def failed(run: Run, *arguments: object) -> str:
    result = run("reconcile", *arguments)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    return " ".join(result.output.replace("│", " ").split())


def totals(found: Any) -> dict[str, Any]:
    [rule] = [each for each in found["rules"] if each["rule"] == RULE]
    [of_currency] = rule["totals"]
    return of_currency


def test_yesterday_is_the_latest_day_with_results(run: Run) -> None:
    found = document(run)
    assert found["day"] == str(LAST)
    assert totals(found)["open"] == 4
    assert totals(found)["open_amount"] == "12.37"
    assert totals(found)["net_open_amount"] == "1.23"


def test_every_rule_has_a_line(run: Run, reconciled: ReconciledLake) -> None:
    rules = [name for name in reconciled.warehouse.tables if name.startswith("rec_")]
    output = said(run)
    assert len(rules) > 1
    for name in rules:
        assert sum(line.split()[:1] == [name] for line in output.splitlines()) == 1
    [line] = [line for line in output.splitlines() if line.split()[:1] == [RULE]]
    assert "12.37" in line
    assert line.rstrip().endswith("···········█▇▇")


def test_a_rule_shows_its_open_items(run: Run) -> None:
    output = said(run, "payment_bill", "--open")
    for part in ("left:P2", "billed 0.02 CNY more than paid", "carried", FORMULA):
        assert part in output
    assert said(run, "show", RULE, "--open") == output


def test_the_limit_says_how_many_there_are(run: Run) -> None:
    output = said(run, RULE, "--open", "--limit", 1)
    assert "1 of 4 items; --limit shows more." in output
    assert len(document(run, RULE, "--limit", 2)["items"]) == 2


def test_an_item_shows_both_sides_down_to_file_and_line(run: Run) -> None:
    output = said(run, RULE, "left:P2")
    for part in ("20.00", "20.02", "payment_center/payment/2026-03-01/part-0.parquet, line 2",
                 f"{BILL}, line 12", "History, 3 days"):  # fmt: skip
        assert part in output
    found = document(run, RULE, "left:P2")
    [left], [right] = found["left"]["rows"], found["right"]["rows"]
    assert left["row"]["paid_amount"] == "20.00"
    assert [each["line"] for each in left["came_from"]] == [2]
    assert [(each["file"], each["line"]) for each in right["came_from"]] == [(BILL, 12)]
    assert [each["standing"] for each in found["history"]] == ["open", "carried", "carried"]


def test_an_item_is_found_by_a_row_or_a_key(run: Run) -> None:
    for name in ("P4", "alipay|M1|OP4"):
        found = document(run, RULE, name)
        assert found["item"]["item_id"] == "left:P4"
        assert found["item"]["state"] == "timing"
    on_its_day = document(run, RULE, "P4", "--partition", FIRST)
    assert on_its_day["item"]["state"] == "left_only"
    assert on_its_day["right"]["rows"] == []


def test_a_day_as_it_was_reported_then(run: Run) -> None:
    now, then = document(run, "-p", FIRST), document(run, "-p", FIRST, "--as-reported")
    assert (then["as_reported"]["number"], then["as_reported"]["count"]) == (1, 2)
    assert totals(then)["matched"] + 1 == totals(now)["matched"]
    assert totals(document(run, "-p", FIRST, "--report", 2)) == totals(now)
    items = document(run, RULE, "-p", FIRST, "--as-reported", "--limit", 99)["items"]
    assert "left:P3" in {each["item_id"] for each in items}
    output = said(run, "-p", FIRST, "--as-reported")
    assert "as reported then: report 1 of 2" in output
    assert "rule version" in said(run, RULE, "-p", FIRST, "--as-reported")


def test_a_day_that_late_rows_may_change_is_called_provisional(run: Run) -> None:
    next_day = str(LAST + timedelta(days=1))
    for found in (document(run, RULE), document(run, RULE, "left:P2")):
        assert found["standing"] == "provisional"
        assert found["awaited"]["ods_payment"][0] > next_day
    every = document(run)
    assert every["standing"] == "provisional"
    assert next_day in every["awaited"]["ods_order"], "some rule waits for it"
    of_rules = {each["rule"]: each["awaited"] for each in every["rules"]}
    assert "ods_order" not in of_rules[RULE]
    for arguments in ([], [RULE], [RULE, "left:P2"]):
        output = " ".join(said(run, *arguments).split())
        assert f"{LAST} is provisional: rows that come late may still change it. It" in output


def test_a_day_of_which_all_was_delivered_is_called_final(run: Run) -> None:
    final = f"{FIRST} is final: all was delivered"
    for arguments in ([RULE, "-p", FIRST], [RULE, "-p", FIRST, "--report", 1]):
        assert (found := document(run, *arguments))["standing"] == "final"
        assert found["awaited"] == {}
        assert final in " ".join(said(run, *arguments).split())
    item = document(run, RULE, "left:P2", "-p", FIRST)
    assert item["standing"] == "final"


def test_a_day_whose_books_are_closed_is_called_closed(run: Run, tmp_path: Path) -> None:
    force = ("--force", "--reason", "the auditor waits", "--by", "ann")
    assert run("close", "--through", FIRST, *force).exit_code == 0
    try:
        closed = f"{FIRST} is closed: the books are closed through it."
        for arguments in (["-p", FIRST], [RULE, "-p", FIRST], [RULE, "left:P2", "-p", FIRST]):
            assert document(run, *arguments)["standing"] == "closed"
            assert closed in " ".join(said(run, *arguments).split())
        made = document(run, "report", "-p", FIRST, "--folder", tmp_path)
        assert made["standing"] == "closed"
        assert closed in Path(made["page"]).read_text(encoding="utf-8")
        assert str(openpyxl.load_workbook(made["workbook"])["Summary"]["A2"].value).startswith(
            closed
        )
        assert document(run)["standing"] == "provisional", "the books of that day are open"
    finally:
        assert run("reopen", "--from", FIRST, "--by", "ann", "--reason", "over").exit_code == 0
    assert document(run, RULE, "-p", FIRST)["standing"] == "final"


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (["paymnt_bill"], "Did you mean payment_bill?"),
        ([RULE, "left:P22"], "Did you mean left:P2?"),
        (["-p", "2026-01-01"], "There are results of 2026-03-01 to"),
        ([RULE, "-p", "2026-01-01"], "Give a day that is over, and in the lake: 2026-03-01 to"),
        ([RULE, "-p", "2090-01-01"], "Give a day that is over"),
        ([RULE, "-p", LAST + timedelta(days=9)], f"To make it: ledgerlake materialize +{RULE}"),
        (["-p", FIRST, "--report", 7], "--report 1 to 2"),
        (["write-off", RULE, "left:P22", "--reason", "x", "--on", LAST], "Did you mean left:P2?"),
        (["confirm", RULE, "P8", "B"], "lists what is open"),
    ],
)
def test_a_mistake_names_the_next_step(run: Run, arguments: list[object], step: str) -> None:
    assert step in failed(run, *arguments)


def test_a_decision_is_recorded_and_says_what_the_next_run_does(run: Run) -> None:
    decided = document(run, "confirm", RULE, "P8", f"{BILL}:13", "--by", "ann")
    assert decided["item_id"] == "left:P8"
    assert decided["decided_by"] == "ann"
    assert "matches the two rows" in decided["next_run"]
    output = said(
        run, "write-off", RULE, "left:P2", "--reason", "small", "--by", "bob", "--on", LAST
    )
    assert "Written off: left:P2, by bob" in output
    assert "0.02 CNY are open no longer" in output
    assert "is published already" in output
    assert "small" in said(run, RULE, "left:P2")


def test_the_report_by_hand(run: Run, tmp_path: Path) -> None:
    found = document(run, "report", "--folder", tmp_path)
    assert str(LAST) in Path(found["page"]).read_text(encoding="utf-8")
    book = openpyxl.load_workbook(found["workbook"])
    assert "payment_bill" in book.sheetnames
    past = document(run, "report", "-p", FIRST, "--as-reported", "--folder", tmp_path)
    assert Path(past["page"]).name == f"reconciliation-{FIRST}-report-1.html"


def test_options_before_a_rule_are_an_error(run: Run) -> None:
    result = run("reconcile", "--partition", FIRST, RULE)
    assert result.exit_code == 2
    assert "behind the rule" in " ".join(result.output.split())


def test_help_names_every_command(run: Run) -> None:
    output = said(run, "--help")
    for name in ("show", "confirm", "reject", "write-off", "report"):
        assert name in output


def test_without_results_the_next_step_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "nothing"))
    assert "no lake here" in failed(run)
