"""Running tables from the command line: what is refused, what fails, what stays."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.command_line.conftest import FIRST, LAST, DemoLake, Run, heads, publications
from warehouse_assets.command_line.selection import selected_tables
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.orchestration.run_state import RunState

PAYOUTS = f"SELECT * FROM ods_payout WHERE dt = DATE '{LAST}' ORDER BY ALL"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["dwd_order"], 1, "none was asked for"),
        (["dwd_order", "-p", "2025-12-31"], 1, "before the first date of this lake"),
        (["dwd_order", "-p", "2999-01-01"], 1, "not over yet"),
        (["dwd_order", "-p", "2026-1-1"], 2, "is no date"),
        (["dwd_order", "--from", "2026-01-01"], 2, "go together"),
        (["dwd_order", "--from", "2026-01-02", "--to", "2026-01-01"], 2, "is after"),
        (["dwd_order", "-p", "2026-01-01", "--to", "2026-01-02"], 2, "not both"),
        (["dim_date", "-p", "2026-01-01"], 1, "has no partitions"),
        (["layer:facts", "-p", "2026-01-01"], 1, "Did you mean fact?"),
        ([], 2, "SELECTION"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_reason(
    run: Run, arguments: list[str], code: int, said: str
) -> None:
    before = heads()
    result = run("materialize", *arguments)
    assert result.exit_code == code
    assert said in " ".join(result.output.replace("│", " ").split())
    assert heads() == before


def test_one_day_of_one_table(run: Run) -> None:
    heads_before, before = heads(), publications("ads_finance_daily")["ads_finance_daily"]
    result = run("materialize", "ads_finance_daily", "--partition", LAST)
    assert result.exit_code == 0, result.output
    after = publications("ads_finance_daily")["ads_finance_daily"]
    assert after[FIRST] == before[FIRST]
    assert after[LAST] != before[LAST]
    changed = {name for name, head in heads().items() if head != heads_before[name]}
    assert changed == {"ads_finance_daily"}
    assert re.search(r"✓ ads_finance_daily  \d+ rows? in 1 partition", result.output)


def test_a_range_is_one_publication(run: Run) -> None:
    assert run("materialize", "dws_seller_1d", "--from", FIRST, "--to", LAST).exit_code == 0
    assert len(set(publications("dws_seller_1d")["dws_seller_1d"].values())) == 1


def test_a_run_of_older_days_says_nothing_of_later_ones(run: Run) -> None:
    result = run("materialize", "dws_financial_1d", "dws_seller_1d", "--partition", FIRST)
    assert result.exit_code == 0, result.output
    assert "2 tables" in result.output
    assert "warning" not in result.output
    assert "were due by" not in result.output


def test_only_what_is_stale(up_to_date: Run, lake: DemoLake) -> None:
    everything = ("materialize", "all", "--from", FIRST, "--to", LAST, "--stale")
    path = lake.delivered("product_center/category")
    path.write_text(path.read_text() + "9999,New,,2026-01-02T09:00:00Z\n")
    assert up_to_date("materialize", "ods_category", "--partition", LAST).exit_code == 0
    before = publications()
    result = up_to_date(*everything)
    assert "ods_category published since: dim_category, dim_business_date" in result.output
    after = publications()
    changed = {name for name in after if after[name] != before[name]}
    assert "dim_category" in changed
    assert changed <= {table.name for table in selected_tables(load_warehouse(), ["ods_category+"])}
    assert after["dim_category"][FIRST] == before["dim_category"][FIRST]
    settled = heads()
    assert "Everything is up to date" in up_to_date(*everything).output
    assert heads() == settled


def test_the_same_rows_again_make_nothing_stale(up_to_date: Run) -> None:
    assert up_to_date("materialize", "ods_order", "--partition", LAST).exit_code == 0
    result = up_to_date("materialize", "all", "--from", FIRST, "--to", LAST, "--stale")
    assert "Everything is up to date" in result.output


def test_files_that_are_not_read_are_named_at_the_end(up_to_date: Run, lake: DemoLake) -> None:
    beside = lake.delivered("product_center/category").with_name("part-00000.csv.bak")
    beside.write_text("an editor left this")
    try:
        result = up_to_date("materialize", "ods_category", "--partition", LAST)
    finally:
        beside.unlink()
    assert result.exit_code == 0
    said = " ".join(result.output.split())
    assert f"product_center/category/{LAST}/part-00000.csv.bak is not read: an editor's" in said


def test_the_ui_finds_the_runs(lake: DemoLake, run: Run) -> None:
    del run
    import dagster as dg

    reference = lake.home / "dagster"
    assert "enabled: false" in (reference / "dagster.yaml").read_text()
    with dg.DagsterInstance.from_config(str(reference)) as instance:
        records = instance.fetch_materializations(dg.AssetKey("dim_user"), limit=10).records
        assert {FIRST.isoformat(), LAST.isoformat()} <= {r.partition_key for r in records}
        assert all(r.status is dg.DagsterRunStatus.SUCCESS for r in instance.get_runs(limit=1))


def test_rows_that_break_a_check_change_nothing(run: Run, file_to_break: Path) -> None:
    rows, before = run("sql", "-f", "csv", PAYOUTS).output, heads()
    text = file_to_break.read_text().splitlines()
    fields = text[1].split(",")
    fields[text[0].split(",").index("gross_amount")] = "-1"
    file_to_break.write_text("\n".join([*text, ",".join(fields)]) + "\n")
    result = run("materialize", "ods_payout+", "--partition", LAST)
    assert result.exit_code == 1
    assert "gross_amount ≥ 0: 1 of" in result.output
    assert "1 failed" in result.output
    assert "Next step" in result.output
    assert "Not run, because an input failed: dwd_payout" in result.output
    assert run("sql", "-f", "csv", PAYOUTS).output == rows
    assert heads() == before


def test_rows_that_do_not_parse_are_found_in_the_quarantine(run: Run, file_to_break: Path) -> None:
    before = publications("ods_payout", "dwd_payout")
    text = file_to_break.read_text()
    last = text.count("\n") + 1
    file_to_break.write_text(text + "no,payout,line\n")
    assert run("materialize", "ods_payout", "--partition", LAST).exit_code == 1
    assert publications("ods_payout", "dwd_payout") == before
    found = run("sql", "-f", "csv", "SELECT source_line, raw FROM ods_payout_quarantine").output
    assert f'{last},"no,payout,line' in found


def test_ctrl_c_stops_between_two_published_states(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publications("ods_payment", "dwd_payment")
    listen = RunState.listen

    def press_ctrl_c(state: RunState, entry: object) -> None:
        listen(state, entry)  # type: ignore[arg-type]
        if state.tables["dwd_payment"].phase == "auditing":
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(RunState, "listen", press_ctrl_c)
    result = run("materialize", "+dwd_payment", "--partition", LAST)
    monkeypatch.undo()
    assert result.exit_code == 130
    assert "Stopped. 1 table published" in result.output
    after = publications("ods_payment", "dwd_payment")
    assert after["dwd_payment"] == before["dwd_payment"]
    assert after["ods_payment"] != before["ods_payment"]


def test_a_run_is_of_its_tables_and_can_be_executed_again(lake: DemoLake, run: Run) -> None:
    import dagster as dg

    assert run("materialize", "dim_city", "dwd_order", "--partition", LAST).exit_code == 0
    with dg.DagsterInstance.from_config(str(lake.home / "dagster")) as instance:
        [made] = instance.get_runs(limit=1)
    # The UI lists a run of this job by its tables; of any other, by the job.
    assert made.job_name == "__ASSET_JOB"
    assert made.asset_selection == {dg.AssetKey("dim_city"), dg.AssetKey("dwd_order")}
    checks = {key.name for key in made.asset_check_selection or ()}
    assert "payable_adds_up" in checks
    assert not checks & {"partition_is_fresh", "is_up_to_date", "delivery_is_unchanged"}
    assert made.remote_job_origin is not None
    assert made.remote_job_origin.location_name == "ledgerlake"
