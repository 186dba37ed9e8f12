"""The engine's session: bounded, in UTC, and nothing of it left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from resources.duckdb.engine import duckdb_session
from resources.duckdb.memory import memory_at_most
from resources.settings import Settings


def setting(connection: DuckDBPyConnection, name: str) -> object:
    row = connection.execute("SELECT current_setting(?)", [name]).fetchone()
    assert row is not None
    return row[0]


def test_a_session_keeps_to_the_settings(settings: Settings) -> None:
    with duckdb_session(settings.model_copy(update={"memory": "300MiB", "threads": 1})) as session:
        assert setting(session, "memory_limit") == "300.0 MiB"
        assert setting(session, "threads") == 1
        assert setting(session, "TimeZone") == "UTC"


def test_a_session_never_reaches_for_the_network(connection: DuckDBPyConnection) -> None:
    assert setting(connection, "autoinstall_known_extensions") is False
    with pytest.raises(duckdb.Error, match="httpfs"):
        connection.execute("SELECT * FROM read_parquet('s3://bucket/file.parquet')")


def test_what_exceeds_the_memory_spills_and_goes_with_the_session(settings: Settings) -> None:
    with duckdb_session(settings.model_copy(update={"memory": "64MiB"})) as session:
        session.execute("CREATE TABLE big AS SELECT hash(range) AS h FROM range(12_000_000)")
        assert any(path.stat().st_size for path in settings.spill_folder.rglob("*.tmp"))
    assert [path for path in settings.spill_folder.iterdir() if path.is_dir()] == []


def test_an_error_inside_leaves_nothing_behind(settings: Settings) -> None:
    with pytest.raises(duckdb.Error), duckdb_session(settings) as session:
        session.execute("SELECT nothing")
    assert [path for path in settings.spill_folder.iterdir() if path.is_dir()] == []


def test_a_killed_session_is_swept_and_a_living_one_is_not(
    settings: Settings, project_root: Path
) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from resources.duckdb.engine import duckdb_session
        from resources.settings import Settings
        with duckdb_session(Settings(home=sys.argv[1], memory="64MiB")) as session:
            session.execute("CREATE TABLE big AS SELECT hash(range) AS h FROM range(12_000_000)")
            print("spilled", flush=True)
            time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)],
        cwd=project_root,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "spilled\n"
        with duckdb_session(settings):
            alive = set(settings.spill_folder.rglob("*.tmp"))
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert alive
    with duckdb_session(settings):
        assert not set(settings.spill_folder.rglob("*.tmp"))


def test_memory_is_lowered_for_a_step_and_given_back(connection: DuckDBPyConnection) -> None:
    connection.execute("SET memory_limit = '500MiB'")
    with memory_at_most(connection, "256MiB"):
        assert setting(connection, "memory_limit") == "256.0 MiB"
    assert setting(connection, "memory_limit") == "500.0 MiB"
    with memory_at_most(connection, "2GiB"):
        assert setting(connection, "memory_limit") == "500.0 MiB"
