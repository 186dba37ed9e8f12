"""Commands that only look: tables, show, sql, trace, maintain."""

from __future__ import annotations

import csv
import io
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.command_line.conftest import FIRST, LAST, ORDERS, DemoLake, Run
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse


def test_tables_lists_every_table_with_nothing_stale(up_to_date: Run) -> None:
    result = up_to_date("tables")
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.output.splitlines() if "_" in line}
    for name, table in load_warehouse().tables.items():
        assert (f"{FIRST} .. {LAST}" if table.partition_column else "whole") in lines[name]
    assert "its code changed:" not in result.output
    assert "delivered again:" not in result.output


def test_tables_of_one_layer(run: Run) -> None:
    output = run("tables", "--layer", "dim").output
    assert "dim_user" in output
    assert "ods_user" not in output


def test_tables_says_why_a_day_is_stale(run: Run, file_to_break: Path) -> None:
    file_to_break.write_bytes(file_to_break.read_bytes() + b"\n")
    output = run("tables", "--layer", "ods").output
    assert "delivered again" in output
    assert f"ods_payout {LAST}" in output


def test_show_gives_the_latest_day_with_exact_amounts(run: Run) -> None:
    output = run("show", "dwd_order", "--limit", 3).output
    amounts = run(
        "sql", "-f", "csv", f"SELECT payable_amount FROM dwd_order WHERE dt = DATE '{LAST}'"
    ).output.split()[1:]
    assert f"3 of {len(amounts)} rows" in output
    assert str(FIRST) not in output
    shown = [line for line in output.splitlines() if line.rstrip().endswith(str(LAST))][1:]
    assert len(shown) == 3
    for line in shown:
        assert any(f"{Decimal(amount):,f}" in line for amount in amounts)


def test_show_a_given_day(run: Run) -> None:
    assert f"  {FIRST}" in run("show", "ods_user", "--partition", FIRST).output


def test_show_the_contract(run: Run) -> None:
    output = run("show", "dwd_order", "--columns").output
    for column in load_warehouse().table("dwd_order").columns:
        assert column.spec.name in output
    assert "payable_adds_up" in output


@pytest.mark.parametrize("command", [["show"], ["trace"], ["materialize"]])
def test_a_wrong_name_suggests_the_nearest(run: Run, command: list[str]) -> None:
    result = run(*command, "dwd_ordr")
    assert result.exit_code == 1
    assert "there is no table dwd_ordr" in result.output
    assert "Did you mean dwd_order?" in result.output
    assert "Traceback" not in result.output


def test_debug_shows_where_an_error_came_from(run: Run) -> None:
    result = run("--debug", "show", "dwd_ordr")
    os.environ.pop("LEDGERLAKE_DEBUG")
    assert type(result.exception).__name__ == "LoadError"


QUERY = "SELECT dt, order_count, gmv FROM ads_finance_daily WHERE currency = 'CNY' ORDER BY dt"


def test_sql_gives_the_same_figures_in_every_format(run: Run) -> None:
    from_csv = list(csv.DictReader(io.StringIO(run("sql", QUERY, "--format", "csv").output)))
    from_json = json.loads(run("sql", QUERY, "--format", "json").output)
    table = run("sql", QUERY).output
    assert [row["dt"] for row in from_csv] == [str(FIRST), str(LAST)]
    for left, right in zip(from_csv, from_json, strict=True):
        assert Decimal(left["gmv"]) == Decimal(right["gmv"])
        assert right["order_count"] == int(left["order_count"]) <= ORDERS
        assert f"{Decimal(left['gmv']):,f}" in table


def test_sql_joins_layers_and_knows_the_house_functions(run: Run) -> None:
    query = """
        SELECT sum(o.payable_amount) = sum(d.amount) AS ties
        FROM fact.dwd_order AS o
        JOIN (SELECT order_no, sum(pay_amount) AS amount FROM dwd_order_detail GROUP BY 1) AS d
            USING (order_no)
        WHERE business_date(o.ordered_at) = o.dt AND divide_money(1, 3) = 0.33
    """
    assert json.loads(run("sql", query, "-f", "json").output) == [{"ties": True}]


def test_sql_takes_the_parts_of_an_instant_as_tables_do(run: Run) -> None:
    query = (
        "SELECT count(*) AS orders, bool_and(hour(ordered_at) = business_hour(ordered_at) "
        "AND CAST(ordered_at AS DATE) = business_date(ordered_at) "
        "AND strftime(ordered_at, '%Y-%m-%d %H:%M:%S') = business_time(ordered_at) "
        "AND CAST(date_trunc('month', ordered_at) AS DATE) = business_month(ordered_at)) AS same "
        "FROM dwd_order"
    )
    [found] = json.loads(run("sql", query, "-f", "json").output)
    assert found["orders"] > 0
    assert found["same"]


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM '/etc/hostname'",
     "SELECT getenv('HOME')", "SELECT * FROM duckdb_settings()"],
)  # fmt: skip
def test_sql_reads_nothing_but_the_lake(run: Run, query: str) -> None:
    result = run("sql", query)
    assert result.exit_code == 1
    assert "Next step" in result.output or "refused" in result.output


def test_sql_prints_a_bounded_number_of_rows(run: Run) -> None:
    output = run("sql", "SELECT user_id FROM dim_user ORDER BY user_id", "--limit", 4).output
    assert [line.strip() for line in output.splitlines() if line.strip().isdigit()] == [*"1122"]
    assert "The first 4 rows" in output


def test_sql_finds_a_quarantine_that_was_never_needed(run: Run) -> None:
    result = run("sql", "-f", "json", "SELECT count(*) AS c FROM ods_sku_quarantine")
    assert json.loads(result.output) == [{"c": 0}]


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE dwd_order",
        "INSERT INTO dwd_order SELECT * FROM dwd_order",
        "CREATE TABLE t AS SELECT 1",
        "COPY (SELECT 1) TO 'written.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'written.csv'",
        "ATTACH 'written.db'",
        "SET memory_limit = '1GB'",
        "SELECT 1; SELECT 2",
    ],
)
def test_sql_refuses_what_is_not_one_select(
    run: Run, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("sql", query)
    assert result.exit_code == 1
    assert "Next step" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM dwd_orders", "Did you mean dwd_order?"),
        ("SELECT payable FROM dwd_order", "payable_amount"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_sql_says_what_is_wrong_with_a_query(run: Run, query: str, said: str) -> None:
    result = run("sql", query)
    assert result.exit_code == 1
    assert said in result.output


def test_trace_reaches_every_delivered_file_behind_a_figure(lake: DemoLake, run: Run) -> None:
    result = run("trace", "ads_finance_daily", "--partition", LAST)
    assert result.exit_code == 0
    for source in ("order_center/order", "order_center/order_item", "payment_center/payment"):
        for day in (FIRST, LAST):
            path = lake.delivered(source, day).relative_to(lake.home / "landing")
            assert result.output.count(str(path)) == 1
    assert "all as they were loaded" in result.output
    assert "logistics" not in result.output


def test_trace_notices_a_file_that_changed(run: Run, file_to_break: Path) -> None:
    file_to_break.write_bytes(file_to_break.read_bytes() + b"\n")
    output = run("trace", "dwd_payout", "--partition", LAST).output
    assert "changed: " in output
    file_to_break.unlink()
    assert "gone" in run("trace", "ods_payout", "--partition", LAST).output


def test_trace_as_deep_as_asked(run: Run) -> None:
    output = run("trace", "ads_finance_daily", "--partition", LAST, "--depth", 1).output
    assert "dws_financial_1d" in output
    assert "dwd_order" not in output


def test_trace_a_table_without_partitions(run: Run) -> None:
    assert "dim_date  whole table" in run("trace", "dim_date").output
    assert run("trace", "dim_date", "--partition", LAST).exit_code == 1


def test_maintenance_leaves_what_is_published(run: Run) -> None:
    before = run("sql", "-f", "csv", QUERY).output
    assert "Would delete 0 files" in run("maintain", "--dry-run").output
    assert run("maintain").exit_code == 0
    assert run("sql", "-f", "csv", QUERY).output == before


def test_check_touches_no_lake(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "none"))
    result = run("check")
    assert result.exit_code == 0
    assert f"{len(load_warehouse().tables)} tables" in result.output
    assert not (tmp_path / "none").exists()
