"""When the catalog fails in the middle of a commit, what landed stays and what did not goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table
from sqlalchemy.exc import OperationalError

from resources.errors import PublishConflict, StorageError
from resources.lake.lake import Lake
from resources.lake.publish import commit
from tests.lake.builders import (
    FIRST,
    SECOND,
    data_files,
    files_in_history,
    metadata_location,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.places import file_leases

LOST = OperationalError("UPDATE", {}, Exception("server closed the connection"))


@pytest.fixture
def failing_catalog(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException, bool], None]:
    """Makes the next commit fail, before it has landed or after."""
    real = SqlCatalog.commit_table

    def fail(error: BaseException, after: bool) -> None:
        def commit_table(catalog: SqlCatalog, table: Table, *arguments: Any) -> Any:
            monkeypatch.setattr(SqlCatalog, "commit_table", real)
            if after:
                real(catalog, table, *arguments)
            raise error

        monkeypatch.setattr(SqlCatalog, "commit_table", commit_table)

    return fail


def test_a_lost_answer_to_a_commit_that_landed_is_a_success(lake: Lake, failing_catalog):
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    failing_catalog(LOST, after=True)
    published = publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert read(lake) == order_rows(FIRST, 2)
    assert published.rows == 2
    assert len(file_leases(lake)) == 0


def test_a_commit_that_did_not_land_leaves_nothing(lake: Lake, failing_catalog):
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    before, files = metadata_location(lake), data_files(lake)
    failing_catalog(OSError(28, "No space left on device"), after=False)

    with pytest.raises(StorageError, match="disk is full"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert (metadata_location(lake), data_files(lake), len(file_leases(lake))) == (before, files, 0)


@pytest.mark.parametrize("landed", [True, False])
def test_with_a_server_in_between_doubt_is_settled_by_the_next_run(
    lake: Lake, failing_catalog, monkeypatch: pytest.MonkeyPatch, landed: bool
):
    """A database server may still be at work when its answer is lost and the table is read."""
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    files = data_files(lake)
    monkeypatch.setattr(commit, "commits_settle_at_once", lambda _: False)
    monkeypatch.setattr(commit, "is_published", lambda *_: False)
    failing_catalog(LOST, after=landed)

    with pytest.raises(StorageError, match="does not say whether it did"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert (len(data_files(lake)), len(file_leases(lake))) == (2, 1)
    publish_orders(lake, SECOND, [])
    assert read(lake) == order_rows(FIRST, 2 if landed else 1)
    assert data_files(lake) == files_in_history(lake)
    assert (data_files(lake) == files) == (not landed)
    assert len(file_leases(lake)) == 0


@pytest.mark.parametrize("landed", [True, False])
def test_an_interrupt_is_not_hidden_and_loses_nothing(lake: Lake, failing_catalog, landed: bool):
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    failing_catalog(KeyboardInterrupt(), after=landed)

    with pytest.raises(KeyboardInterrupt):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert read(lake) == order_rows(FIRST, 2 if landed else 1)
    publish_orders(lake, SECOND, [])
    assert data_files(lake) == files_in_history(lake)
    assert len(file_leases(lake)) == 0


def test_another_program_between_our_lock_and_our_commit_is_survived(lake: Lake, failing_catalog):
    """pyiceberg tries again against the newer table."""
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    failing_catalog(CommitFailedException("somebody was faster"), after=False)
    publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert read(lake) == order_rows(FIRST, 2)
    assert data_files(lake) == files_in_history(lake)


def test_another_program_that_took_the_same_rows_away_is_a_conflict(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    publish_orders(lake, FIRST, order_rows(FIRST, 1))
    real = SqlCatalog.commit_table

    def commit_table(catalog: SqlCatalog, table: Table, *arguments: Any) -> Any:
        monkeypatch.setattr(SqlCatalog, "commit_table", real)
        catalog.load_table(table.name()).delete(f"dt = '{FIRST}'")
        return real(catalog, table, *arguments)

    monkeypatch.setattr(SqlCatalog, "commit_table", commit_table)
    with pytest.raises(PublishConflict, match="another program changed the table"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))

    assert read(lake) == []
    assert data_files(lake) == files_in_history(lake)
    assert len(file_leases(lake)) == 0
