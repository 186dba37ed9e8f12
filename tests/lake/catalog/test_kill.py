"""A run killed on one host: what another host does meanwhile, and whom its locks hold up."""

from __future__ import annotations

import time
from multiprocessing.context import ForkServerContext

from resources.lake.catalog.locks.locks import commit_lock
from resources.lake.lake import Lake
from resources.lake.write.write_attempts import live_attempts
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    files_in_history,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.catalog import children
from tests.lake.catalog.shared_catalog import leases
from tests.lake.places import PATIENCE, wait_until_no_lock_is_held
from tests.lake.publish.merge import children as merge_children
from tests.lake.publish.merge.builders import LINES, merge, merge_of, rows_of
from tests.servers.postgres import PostgresDatabase


def test_a_merge_killed_on_another_host(
    here: Lake, there: Lake, database: PostgresDatabase, processes: ForkServerContext
):
    merge(here, merge_of(rows_of("A", 20)))
    process = processes.Process(
        target=merge_children.merge_and_die, args=(there.settings.home, "publishing")
    )
    process.start()
    process.join(PATIENCE)

    assert process.exitcode == -9
    assert read(here, LINES) == rows_of("A", 20)
    assert here.maintain(LINES).attempts_swept == 1
    assert leases(database) == []
    assert data_files(here, LINES) == files_in_history(here, LINES)


def test_a_killed_holder_of_the_commit_lock_holds_nobody_up(
    here: Lake, there: Lake, processes: ForkServerContext
):
    mine, theirs = processes.Pipe(duplex=False)
    process = processes.Process(
        target=children.hold_the_commit_lock, args=(theirs, there.settings.home)
    )
    process.start()
    assert mine.poll(PATIENCE)
    process.kill()
    process.join(10)

    with commit_lock(here.settings, ORDERS):
        pass


def test_nothing_is_swept_while_the_commit_of_a_killed_run_is_under_way(
    here: Lake, there: Lake, database: PostgresDatabase, processes: ForkServerContext
):
    """Its server is still at work on the commit, and may yet finish it."""
    publish_orders(here, FIRST, order_rows(FIRST, 1))
    blocker = database.connect()
    blocker.autocommit = False
    with blocker.cursor() as cursor:
        cursor.execute("SELECT 1 FROM iceberg_tables FOR UPDATE")
    process = processes.Process(
        target=children.publish_a_day, args=(there.settings.home, SECOND, 2)
    )
    process.start()
    wait_until(database, "SELECT 1 FROM pg_locks WHERE NOT granted")
    process.kill()
    process.join(10)

    (dead,) = leases(database)
    assert live_attempts(here.settings, ORDERS) == {dead}
    assert any(dead in path for path in data_files(here))

    blocker.rollback()
    blocker.close()
    wait_until_no_lock_is_held(database)
    publish_orders(here, FIRST, order_rows(FIRST, 1))
    assert leases(database) == []
    assert data_files(here) == files_in_history(here)
    assert read(here) == order_rows(FIRST, 1)


def wait_until(database: PostgresDatabase, question: str) -> None:
    """Wait until the question has an answer."""
    end = time.monotonic() + PATIENCE
    while not database.run(question):
        assert time.monotonic() < end, question
        time.sleep(0.01)
