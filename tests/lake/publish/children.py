"""What the tests run in processes of their own: real ones, to be killed, limited and raced."""

from __future__ import annotations

import os
import resource
import signal
import traceback
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from resources.errors import PublishConflict, StorageError
from resources.lake.model.window import Window
from tests.lake.builders import ORDERS, open_lake, order_rows, publish_orders, read

Result = tuple[str, str]


def answer(connection: Connection, work: Callable[[], str]) -> None:
    """Do the work and send ("done", its result), or the kind of error and its text."""
    try:
        connection.send(("done", work()))
    except PublishConflict as error:
        connection.send((PublishConflict.__name__, str(error)))
    except StorageError as error:
        connection.send((StorageError.__name__, str(error)))
    except BaseException:  # noqa: BLE001 - the test shows it
        connection.send(("crashed", traceback.format_exc()))


def publish_days(
    connection: Connection, home: Path, barrier: Barrier, days: list[date], run_id: str
) -> None:
    """Publish day after day, all processes starting at once."""

    def work() -> str:
        lake = open_lake(home)
        barrier.wait(30)
        for day in days:
            publish_orders(lake, day, order_rows(day, 2), run_id=run_id)
        return run_id

    answer(connection, work)


def race_for_a_day(
    connection: Connection, home: Path, barrier: Barrier, day: date, amount: str
) -> None:
    """Publish the day as it was pinned before anyone else could have published it."""

    def work() -> str:
        lake = open_lake(home)
        base = lake.snapshot(ORDERS)
        barrier.wait(30)
        publish_orders(lake, day, order_rows(day, 2, amount), f"run-{amount}", base=base)
        return amount

    answer(connection, work)


def publish_and_die(home: Path, window: Window, count: int, stage: str) -> None:
    """Publish, and be killed the moment the stage begins."""

    def die(told: str) -> None:
        if told == stage:
            os.kill(os.getpid(), signal.SIGKILL)

    rows = [row for day in window for row in order_rows(day, count, "8.00")]
    publish_orders(open_lake(home), window, rows, on_stage=die)


def publish_until_killed(connection: Connection, home: Path, window: Window, count: int) -> None:
    """Tell when ready, then publish again and again until somebody kills the process."""
    rows = [row for day in window for row in order_rows(day, count, "8.00")]
    lake = open_lake(home)
    read(lake)
    connection.send("ready")
    while True:
        publish_orders(lake, window, rows)


def publish_with_little_room(connection: Connection, home: Path, day: date, room: int) -> None:
    """Publish with no file allowed to grow beyond `room` bytes: as a full disk, for one process."""

    def work() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        lake = open_lake(home)
        rows = order_rows(day, 2, "3.00")
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        publish_orders(lake, day, rows)
        return "published"

    answer(connection, work)


def publish_with_few_files(connection: Connection, home: Path, day: date, more: int) -> None:
    """Publish with at most `more` files open beside those that are."""

    def work() -> str:
        publish_orders(open_lake(home / "warm"), day, order_rows(day, 1))  # opens what stays open
        lake = open_lake(home)
        rows = order_rows(day, 2, "3.00")
        open_now = len(list(Path("/proc/self/fd").iterdir()))
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_now + more, open_now + more))
        publish_orders(lake, day, rows)
        return "published"

    answer(connection, work)


def publish_without_rights(connection: Connection, home: Path, warm_home: Path, day: date) -> None:
    """Read, then publish, as a user who may only read the lake's home."""

    def work() -> str:
        warm = open_lake(warm_home)
        publish_orders(warm, day, order_rows(day, 1))  # imports what only root may import
        read(warm)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        lake = open_lake(home)
        assert len(read(lake)) == 2
        publish_orders(lake, day, order_rows(day, 3))
        return "published"

    answer(connection, work)
