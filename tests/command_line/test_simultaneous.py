"""Several `ledgerlake` at once, as real processes: in a home that is new, and over one day."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import duckdb
import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.lake.publish.commit import commit
from resources.settings import load_settings
from tests.command_line.children import run_command
from tests.command_line.conftest import FIRST, LAST, DemoLake, Run
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

TABLES = ("ods_category", "ods_payout", "dim_date", "dim_category", "dwd_payout")


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts real processes, each forked from one that has imported all."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["tests.command_line.children"])
    return forking


def run_at_once(
    processes: ForkServerContext, home: Path, count: int, arguments: list[object]
) -> list[tuple[int, str]]:
    """Code and output of each of `count` processes that run the same command together."""
    barrier = processes.Barrier(count)
    ends = []
    for _ in range(count):
        mine, theirs = processes.Pipe(duplex=False)
        process = processes.Process(target=run_command, args=(theirs, home, barrier, arguments))
        process.start()
        theirs.close()
        ends.append((process, mine))
    answers = [mine.recv() if mine.poll(300) else (-1, "silent") for _, mine in ends]
    for process, _ in ends:
        process.join(10)
    return answers


def versions(home: Path) -> dict[str, int]:
    """How many versions each of Dagster's databases says it has."""
    found: dict[str, int] = {}
    for path in sorted((home / "dagster").rglob("*.db")):
        with closing(sqlite3.connect(path)) as connection:
            (found[path.name],) = connection.execute(
                "SELECT count(*) FROM alembic_version"
            ).fetchone()
    return found


def test_six_first_runs_in_a_new_home_all_succeed(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    home = tmp_path / "home"
    answers = run_at_once(processes, home, 6, ["materialize", "dim_date"])
    assert [code for code, _ in answers] == [0] * 6, answers
    found = versions(home)
    assert {"runs.db", "index.db", "schedules.db"} <= found.keys()
    assert set(found.values()) == {1}


def test_a_home_that_such_a_start_once_broke_is_mended(run: Run, lake: DemoLake) -> None:
    database = lake.home / "dagster" / "history" / "runs.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        (latest,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("INSERT INTO alembic_version VALUES ('5771160a95ad')")
    result = run("materialize", "dim_date")
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(latest,)]


def test_eight_runs_of_one_day_all_succeed(
    up_to_date: Run, lake: DemoLake, processes: ForkServerContext
) -> None:
    before = {name: rows_of(name) for name in TABLES}
    arguments: list[object] = ["materialize", *TABLES, "--partition", LAST]
    answers = run_at_once(processes, lake.home, 8, arguments)
    assert [code for code, _ in answers] == [0] * 8, answers
    assert {name: rows_of(name) for name in TABLES} == before
    stale = up_to_date("materialize", *TABLES, "--from", FIRST, "--to", LAST, "--stale")
    assert "Everything is up to date" in stale.output


@pytest.mark.parametrize("name", ["ods_category", "dim_date", "dim_category"])
def test_a_run_that_was_overtaken_by_the_same_rows_says_by_whom(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """From a delivery, from Python and from SQL."""
    settings, warehouse = load_settings(), load_warehouse()
    table = warehouse.table(name)
    window = Window.of_day(LAST) if table.partition_column else None
    others: list[str] = []

    def commit_second(*arguments: Any) -> Any:
        if not others:
            others.append("another-run")
            other = TableRun(table, window, others[0], warehouse, Lake(settings), settings)
            assert other.publish().met == ()
        return commit(*arguments)

    monkeypatch.setattr("resources.lake.publish.concurrent_publish.commit", commit_second)
    result = run("materialize", name, *(["--partition", LAST] if window else []))
    assert result.exit_code == 0, result.output
    assert f"Published meanwhile by run another-run, same rows: {name}." in result.output
    assert rows_of(name)


def rows_of(name: str) -> list[tuple[object, ...]]:
    """What the table holds."""
    lake = Lake(load_settings())
    relation = lake.relation_sql(lake.snapshot(load_warehouse().table(name).spec), None)
    with duckdb.connect() as connection:
        return connection.sql(f"SELECT * FROM ({relation}) ORDER BY ALL").fetchall()
