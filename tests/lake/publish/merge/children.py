"""What the tests of merging run in processes of their own, to be killed and raced."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from resources.lake.maintenance import compaction
from tests.lake.builders import open_lake, read
from tests.lake.publish.children import answer
from tests.lake.publish.merge.builders import LINES, merge, merge_of, rows_of


def merge_and_die(home: Path, stage: str) -> None:
    """Give two lines of order A another amount, and be killed the moment the stage begins."""

    def die(told: str) -> None:
        if told == stage:
            os.kill(os.getpid(), signal.SIGKILL)

    merge(open_lake(home), merge_of(rows_of("A", 2, "8.00")), on_stage=die)


def compact_and_die(home: Path) -> None:
    """Rewrite files in a maintenance run, and be killed before the commit."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    compaction.commit_lock = die
    open_lake(home).maintain(LINES)


def merge_until_killed(connection: Connection, home: Path) -> None:
    """Tell when ready, then merge again and again until somebody kills the process."""
    lake = open_lake(home)
    read(lake, LINES)
    connection.send("ready")
    while True:
        merge(lake, merge_of(rows_of("A", 2, "8.00")))


def race_to_merge(connection: Connection, home: Path, barrier: Barrier, amount: str) -> None:
    """Merge into the table as it was pinned before anyone else could have changed it."""

    def work() -> str:
        lake = open_lake(home)
        base = lake.snapshot(LINES)
        barrier.wait(30)
        merge(lake, merge_of(rows_of("A", 2, amount)), f"run-{amount}", base=base)
        return amount

    answer(connection, work)
