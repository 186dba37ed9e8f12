"""Commands in processes of their own, forked from one that has imported and loaded everything."""

from __future__ import annotations

import os
import resource
import signal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory

from definitions import defs
from tests.command_line.conftest import FIRST, invoke
from warehouse_assets.command_line import materialize
from warehouse_assets.command_line.inspection import show, tables, trace
from warehouse_assets.command_line.queries import sql
from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
from warehouse_assets.orchestration import in_process_run

__all__ = [
    "in_process_run",
    "materialize",
    "run_as",
    "run_command",
    "run_limited",
    "show",
    "sql",
    "tables",
    "trace",
]

_EVERY_KIND: list[list[object]] = [
    ["materialize", "dim_date"],
    ["sql", "SELECT count(*) FROM dim_date", "--format", "json"],
    ["show", "dim_date"],
    ["trace", "dim_date"],
    ["maintain"],
]

# Each child would do it again.
defs.resolve_implicit_global_asset_job_def()
load_whole_tables()


def run_command(
    connection: Connection, home: Path, barrier: Barrier, arguments: list[object]
) -> None:
    """Run one command of the command line when all are ready; send its code and output."""
    os.environ["LEDGERLAKE_HOME"] = str(home)
    os.environ["LEDGERLAKE_FIRST_DATE"] = FIRST.isoformat()
    barrier.wait(120)
    result = invoke(*arguments)
    connection.send((result.exit_code, result.output + repr(result.exception or "")))


def run_as(
    connection: Connection,
    home: Path,
    user: int,
    group: int,
    groups: list[int],
    umask: int,
    commands: list[list[object]],
) -> None:
    """Become the user, run the commands one after the other, and send the codes and outputs."""
    os.environ["LEDGERLAKE_FIRST_DATE"] = FIRST.isoformat()
    os.environ["HOME"] = os.environ["TMPDIR"] = "/tmp"
    with TemporaryDirectory() as warm:
        # Imports what the other user may not be able to read. So does the codec.
        "".encode("utf-8-sig")
        os.environ["LEDGERLAKE_HOME"] = warm
        for arguments in _EVERY_KIND:
            if arguments[0] in {command[0] for command in commands}:
                invoke(*arguments)
    os.environ["LEDGERLAKE_HOME"] = str(home)
    os.umask(umask)
    os.chdir("/")
    os.setgroups(groups)
    os.setgid(group)
    os.setuid(user)
    answers: list[tuple[int, str]] = []
    for arguments in commands:
        result = invoke(*arguments)
        crash = "" if isinstance(result.exception, (SystemExit, type(None))) else "Traceback"
        answers.append((result.exit_code, result.output + crash))
    connection.send(answers)


def run_limited(
    connection: Connection, home: Path, limits: dict[int, int], arguments: list[object]
) -> None:
    """Run the command with those limits of the system; send its code and output."""
    os.environ["LEDGERLAKE_FIRST_DATE"] = FIRST.isoformat()
    with TemporaryDirectory() as warm:
        os.environ["LEDGERLAKE_HOME"] = warm
        invoke("materialize", "dim_date")
    os.environ["LEDGERLAKE_HOME"] = str(home)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    files = len(list(Path("/proc/self/fd").iterdir()))
    for limit, most in limits.items():
        most += files if limit == resource.RLIMIT_NOFILE else 0
        resource.setrlimit(limit, (most, most))
    result = invoke(*arguments)
    connection.send((result.exit_code, result.output, repr(result.exception)))
