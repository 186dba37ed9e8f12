"""Commands in processes of their own, forked from one that has imported and loaded everything."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from definitions import defs
from tests.command_line.conftest import FIRST, invoke
from warehouse_assets.automation.jobs import FINANCE_DAY
from warehouse_assets.command_line import materialize, running, show, sql, tables, trace
from warehouse_assets.modeling.warehouse import load_warehouse

__all__ = ["materialize", "run_command", "running", "show", "sql", "tables", "trace"]

# Each child would do it again.
defs.resolve_job_def(FINANCE_DAY)
load_warehouse()


def run_command(
    connection: Connection, home: Path, barrier: Barrier, arguments: list[object]
) -> None:
    """Run one command of the command line when all are ready; send its code and output."""
    os.environ["LEDGERLAKE_HOME"] = str(home)
    os.environ["LEDGERLAKE_FIRST_DATE"] = FIRST.isoformat()
    barrier.wait(120)
    result = invoke(*arguments)
    connection.send((result.exit_code, result.output + repr(result.exception or "")))
