"""`ledgerlake sql` as people use it: files, pipes, a session, what is there, Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.command_line.conftest import LAST, DemoLake, Run
from warehouse_assets.command_line.main import app
from warehouse_assets.command_line.queries.sql import completions, is_ended

COMMAND = [sys.executable, "-c", "from warehouse_assets.command_line.main import app; app()"]
FOREVER = (
    "SELECT count(*) FROM range(10000000) AS a(i), range(10000000) AS b(j) WHERE (i * j) % 7 = 3"
)


def test_a_file_and_the_standard_input_hold_the_query(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "query.sql"
    file.write_text("-- how many\nSELECT 40 + 2 AS answer;\n")
    for arguments in (["--file", file], ["-f", file]):
        result = run("sql", *arguments, "--format", "csv")
        assert (result.exit_code, result.output) == (0, "answer\n42\n")
    piped = CliRunner().invoke(app, ["sql", "-", "--format", "csv"], input="SELECT 7 AS seven")
    assert piped.output == "seven\n7\n"


def test_show_tables_lists_what_is_published(run: Run) -> None:
    rows = json.loads(run("sql", "SHOW TABLES", "--format", "json").output)
    assert {"layer": "fact", "name": "dwd_order"} in rows
    columns = run("sql", "DESCRIBE dwd_order", "--format", "csv").output
    assert "order_no,VARCHAR" in columns
    assert "order_no,VARCHAR" in run("sql", "describe fact.dwd_order", "--format", "csv").output
    listed = run(
        "sql",
        "SELECT count(*) FROM information_schema.columns WHERE table_name = 'dwd_order'",
        "--format",
        "csv",
    )
    assert int(listed.output.split()[1]) > 0


def test_explain_is_answered_and_runs_nothing_but_a_select(run: Run) -> None:
    plan = run("sql", "EXPLAIN SELECT count(*) FROM dwd_order")
    assert plan.exit_code == 0
    assert "PARQUET" in plan.output.upper()
    for query in ("EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1", "EXPLAIN ATTACH 'x.db'"):
        refused = run("sql", query)
        assert refused.exit_code == 1
        assert "refused" in refused.output or "Error" in refused.output


def test_measure_is_pointed_to_the_metric(run: Run) -> None:
    result = run("sql", "SELECT MEASURE(gmv) FROM dwd_order_detail")
    assert result.exit_code == 1
    assert "ledgerlake metric gmv" in result.output
    near = run("sql", "SELECT MEASURE(gmw) FROM dwd_order_detail")
    assert "gmv" in near.output


def test_a_table_is_known_with_and_without_its_layer(run: Run) -> None:
    for name in ("dwd_order", "fact.dwd_order"):
        assert f"fact.dwd_order  {LAST}" in run("show", name).output
    wrong = run("show", "dim.dwd_order")
    assert wrong.exit_code == 1
    assert "there is no table dim.dwd_order" in wrong.output


def environment(lake: DemoLake) -> dict[str, str]:
    return os.environ | {
        "LEDGERLAKE_HOME": str(lake.home),
        "XDG_CACHE_HOME": str(lake.home.parent / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }


def wait_for_cpu(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until the process has used as much CPU time; it must not end before."""
    used = 0.0
    while used < seconds:
        assert process.poll() is None
        time.sleep(0.2)
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_ctrl_c_stops_a_query_at_once(lake: DemoLake) -> None:
    process = subprocess.Popen(
        [*COMMAND, "sql", FOREVER],
        env=environment(lake),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # A shell starts what it puts into the background deaf to Ctrl-C, and so would this be.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        # To start takes less CPU time than this, however busy the machine is.
        wait_for_cpu(process, seconds=4)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
        assert time.monotonic() - asked < 10
    finally:
        process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in output


@pytest.mark.parametrize("rest", ["--format csv", "--format json", "--limit 90000"])
def test_a_reader_that_goes_away_is_no_failure(lake: DemoLake, rest: str) -> None:
    query = "SELECT i, i * 2 AS twice FROM range(90000) AS t(i)"
    command = " ".join(f"'{part}'" for part in [*COMMAND, "sql", query])
    shell = f"set -o pipefail; {command} {rest} | head -n 3 > /dev/null"
    done = subprocess.run(
        ["bash", "-c", shell], env=environment(lake), capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""


def test_a_session_answers_statements_and_goes_on_after_an_error(lake: DemoLake) -> None:
    typed = "SELECT 40 +\n2 AS answer;\nSELECT nonsense;\nSELECT 'a;b' AS text;\nexit\n"
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "sql"], env=environment(lake), stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    os.write(master, typed.encode())
    output = b""
    try:
        while chunk := os.read(master, 4096):
            output += chunk
    except OSError:  # the terminal is gone
        pass
    assert process.wait(timeout=120) == 0
    text = output.decode()
    assert " 42 " in text
    assert "nonsense" in text
    assert "a;b" in text


@pytest.mark.parametrize(
    ("text", "ended"),
    [("SELECT 1;", True), ("SELECT 1", False), ("SELECT ';", False), ("SELECT ';'", False),
     ("SELECT 1 -- ;", False), ("SELECT 'it''s';", True), ("SELECT 1; -- done", True)],
)  # fmt: skip
def test_a_statement_ends_with_a_semicolon_that_is_code(text: str, ended: bool) -> None:
    assert is_ended(text) is ended


def test_tab_completes_tables_and_the_columns_of_those_named() -> None:
    names = {"dwd_order": ["order_no", "dt"], "dim_user": ["user_id", "city"]}
    assert completions(names, "dwd", "SELECT * FROM dwd") == ["dwd_order"]
    assert completions(names, "o", "SELECT o FROM dwd_order") == ["order", "order_no"]
    assert "city" not in completions(names, "c", "SELECT c FROM dwd_order")
    assert completions(names, "dim_user.c", "FROM dim_user WHERE dim_user.c") == ["dim_user.city"]
