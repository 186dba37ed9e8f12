"""What the tests of PostgreSQL run in processes of their own, to be killed."""

from __future__ import annotations

import time
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from resources.lake.catalog.locks.locks import commit_lock
from tests.lake.builders import ORDERS, open_lake, order_rows, publish_orders


def publish_a_day(home: Path, day: date, count: int) -> None:
    """Publish the day once."""
    publish_orders(open_lake(home), day, order_rows(day, count))


def hold_the_commit_lock(connection: Connection, home: Path) -> None:
    """Take the table's commit lock, tell so, and keep it until somebody kills the process."""
    with commit_lock(open_lake(home).settings, ORDERS):
        connection.send("held")
        time.sleep(60)
