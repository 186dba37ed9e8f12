"""Dagster's records of runs cannot be written: a panel that says why, and no traceback."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.command_line.children import run_limited
from tests.command_line.conftest import DemoLake, Run, invoke
from tests.command_line.test_simultaneous import processes

__all__ = ["processes"]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        pytest.param({resource.RLIMIT_FSIZE: 8_000}, "the disk is full or failing", id="full"),
        pytest.param({resource.RLIMIT_FSIZE: 120_000}, "the disk is full or failing", id="fuller"),
        pytest.param({resource.RLIMIT_NOFILE: 1}, "may open no more files", id="files"),
        pytest.param({resource.RLIMIT_NOFILE: 3}, "may open no more files", id="more files"),
    ],
)
def test_a_limit_of_the_system_is_told_in_a_panel(
    tmp_path: Path, processes: ForkServerContext, limits: dict[int, int], said: str
) -> None:
    mine, theirs = processes.Pipe(duplex=False)
    home = tmp_path / "home"
    process = processes.Process(
        target=run_limited, args=(theirs, home, limits, ["materialize", "dim_date"])
    )
    process.start()
    theirs.close()
    assert mine.poll(240)
    code, output, exception = mine.recv()
    process.join(10)
    text = " ".join(output.replace("│", " ").split())
    assert code == 1, output
    assert exception == "SystemExit(1)", exception
    assert said in text
    assert "Next step" in text and "Traceback" not in text


def test_a_damaged_record_of_runs_is_told_in_a_panel(run: Run, lake: DemoLake) -> None:
    database = lake.home / "dagster" / "history" / "runs.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = database.read_bytes()
    try:
        database.write_bytes(b"no database" * 1000)
        result = run("materialize", "dim_date")
        text = " ".join(result.output.replace("│", " ").split())
        assert result.exit_code == 1
        assert "the file of a SQLite database is damaged" in text
        assert "Dagster's records of runs" in text
    finally:
        database.write_bytes(whole)
    assert run("materialize", "dim_date").exit_code == 0


@pytest.mark.parametrize("name", ["~a with space, käse;", "a'b\"c&d+e"])
def test_a_home_of_any_plain_name_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = tmp_path / name / "home"
    monkeypatch.setenv("LEDGERLAKE_HOME", str(home))
    done = invoke("materialize", "dim_date")
    assert done.exit_code == 0, done.output
    counted = invoke("sql", "SELECT count(*) AS n FROM dim_date", "--format", "csv")
    assert counted.exit_code == 0, counted.output
    assert (home / "catalog.db").stat().st_size > 0
    assert {path.name for path in tmp_path.iterdir()} == {name}


@pytest.mark.parametrize("name", ["a?b", "a%20b", "a#b", "a*b", "a[b]", "a\\b", "a\nb"])
@pytest.mark.parametrize("setting", ["LEDGERLAKE_HOME", "LEDGERLAKE_WAREHOUSE"])
def test_a_name_that_means_something_else_in_a_location_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, setting: str
) -> None:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(setting, str(tmp_path / name))
    result = invoke("materialize", "dim_date")
    assert result.exit_code == 1
    assert setting in result.output and "means something else" in " ".join(result.output.split())
    assert not list(tmp_path.iterdir())
