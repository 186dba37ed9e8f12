"""Looking makes nothing, and goes on where a part cannot be looked at."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.model.window import Window
from resources.settings import load_settings
from tests.command_line.conftest import FIRST, LAST, Run, invoke

OLD = TableSpec(
    namespace="fact",
    name="dws_old_1d",
    doc="Its module is gone.",
    columns=(ColumnSpec("n", "BIGINT", "A number."), ColumnSpec("dt", "DATE", "Day.")),
    partition_column="dt",
    key=("n",),
)


def publish_old(day: date = LAST) -> None:
    from resources.duckdb.engine import duckdb_session

    settings = load_settings()
    with duckdb_session(settings) as connection:
        Lake(settings).publish(
            OLD,
            Window.of_day(day),
            f"SELECT CAST(1 AS BIGINT) AS n, DATE '{day}' AS dt",
            connection,
            PublishContext("run", "code"),
        )


@pytest.mark.parametrize(
    "arguments",
    [
        ["tables"],
        ["status"],
        ["show", "dwd_order"],
        ["sql", "SELECT 1"],
        ["trace", "dwd_order", "--partition", FIRST],
        ["order", "O2026010100000123"],
        ["metric", "gmv", "--partition", FIRST],
        ["drop", "dws_old_1d"],
    ],
)
def test_where_no_lake_is_looking_says_so_and_makes_none(
    arguments: list[object], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "nothing"))
    result = run(*arguments)
    assert result.exit_code == 1
    assert "no lake here" in result.output
    assert "ledgerlake demo" in result.output
    assert not (tmp_path / "nothing").exists()


def test_a_table_without_a_module_is_listed_and_dropped_only_when_asked(run: Run) -> None:
    publish_old()
    settings = load_settings()
    assert "not in the code" in run("tables").output
    assert json.loads(run("tables", "--json").output)["not_in_the_code"] == ["fact.dws_old_1d"]
    would = run("drop", "dws_old_1d", "--dry-run")
    assert would.exit_code == 0
    assert "Would drop fact.dws_old_1d" in would.output
    assert run("drop", "dws_old_1d").exit_code == 1  # nobody says yes
    assert ("fact", "dws_old_1d") in Lake(settings).tables()
    assert run("drop", "fact.dws_old_1d", "--yes").exit_code == 0
    assert ("fact", "dws_old_1d") not in Lake(settings).tables()
    assert not (settings.home / "warehouse" / "fact" / "dws_old_1d").exists()
    assert "there is no table" in run("drop", "dws_old_1d", "--yes").output
    publish_old()  # a table of that name can be made again
    assert run("drop", "dws_old_1d", "--yes").exit_code == 0


def test_files_that_a_killed_drop_left_are_dropped_by_the_next_one(run: Run) -> None:
    publish_old()
    settings = load_settings()
    folder = settings.home / "warehouse" / "fact" / "dws_old_1d"
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    assert run("drop", "dws_old_1d", "--yes").exit_code == 0
    kept.rename(folder)
    assert run("drop", "dws_old_1d", "--yes").exit_code == 0
    assert not folder.exists()


def test_a_declared_table_is_refused(run: Run) -> None:
    result = run("drop", "dwd_order", "--yes")
    assert result.exit_code == 1
    assert "is declared by a module" in result.output
    assert f"fact.dwd_order  {LAST}" in run("show", "dwd_order").output


def test_a_deleted_table_folder_is_told_and_the_advice_works(run: Run) -> None:
    settings = load_settings()
    folder = settings.home / "warehouse" / "dim" / "dim_channel"
    aside = folder.with_name("aside")
    folder.rename(aside)
    try:
        listed = run("tables")
        assert listed.exit_code == 0
        assert "dim_channel cannot be read" in listed.output
        assert "dwd_order " in listed.output
        status = run("status", "--json")
        assert status.exit_code == 1
        found = json.loads(status.output)["findings"]
        assert (found[0]["kind"], found[0]["table"]) == ("cannot be read", "dim_channel")
        failed = run("materialize", "dim_channel")
        assert failed.exit_code == 1
        assert "drop dim_channel --force" in " ".join(failed.output.replace("│", " ").split())
        assert run("drop", "dim_channel", "--force", "--yes").exit_code == 0
        assert run("materialize", "dim_channel").exit_code == 0
        assert "3 rows" in run("show", "dim_channel").output
    finally:
        if folder.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(folder)


def test_status_names_what_is_late_first_and_ends_with_1(run: Run) -> None:
    result = run("status", "--json")
    document = json.loads(result.output)
    kinds = [each["kind"] for each in document["findings"]]
    assert result.exit_code == 1
    assert document["needs_person"] is True
    # The lake's two days are long past: every day since is late.
    assert kinds[0] in ("run failed", "late")
    late = [each for each in document["findings"] if each["kind"] == "late"]
    assert "ods_order" in {each["table"] for each in late}
    assert all(str(LAST) not in each["days"] for each in late)
    text = run("status").output
    assert "not published" in text
    assert "need a person" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["tables"],
        ["show", "dwd_order"],
        ["show", "dwd_order", "--columns"],
        ["trace", "ads_finance_daily", "--partition", LAST],
        ["metrics"],
        ["metrics", "gmv"],
    ],
)
def test_json_is_one_document(arguments: list[object], run: Run) -> None:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)


def test_a_run_tells_its_tables_as_json(run: Run) -> None:
    result = run("materialize", "dim_date", "dim_account", "--json")
    assert result.exit_code == 0, result.output
    [told] = json.loads(result.stdout)
    assert {table["table"]: table["state"] for table in told["tables"]} == {
        "dim_date": "done",
        "dim_account": "done",
    }


def test_a_run_of_old_days_does_not_warn_of_others(run: Run) -> None:
    result = run("materialize", "ods_category", "--partition", FIRST)
    assert result.exit_code == 0
    assert "warning" not in result.output
    assert "partition_is_fresh" not in result.output


def test_missing_deliveries_share_one_panel(run: Run) -> None:
    tables = ("ods_category", "ods_user", "ods_order", "ods_payment", "ods_sku", "ods_seller")
    result = run("materialize", *tables, "--partition", "2026-01-05")
    assert result.exit_code == 1
    assert result.output.count("Next step") == 1
    assert "6 tables failed" in result.output
    assert all(name in result.output for name in tables)


def test_help_names_what_is_to_be_given() -> None:
    for command in ("materialize", "sql", "show", "tables", "status", "drop", "fill", "metric"):
        result = invoke(command, "--help")
        assert result.exit_code == 0
        assert not any(kind in result.output for kind in ("<bool>", "<str>", "list[", "<int"))
        assert "ledgerlake " + command in result.output
