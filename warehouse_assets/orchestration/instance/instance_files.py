"""The files of a Dagster instance: made by one process at a time, mended, shared in the home.

Dagster makes its databases without a lock. Of two processes that begin in a new home together, the
second finds tables without a version, takes them for those of an old release and says so: from
then on the database has two versions, and every run fails.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from resources.file_lock import acquire
from resources.shared_files import share

_LOCK = ".lock"
_WAIT_SECONDS = 120.0
_DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


@contextmanager
def making_databases(home: Path) -> Generator[None]:
    """Inside, this process alone opens the instance in `home`; what it made is shared after that.

    Raises:
        StorageError: If another process takes longer than two minutes for it.
    """
    with acquire(home / _LOCK, _WAIT_SECONDS):
        for name in _DATABASES:
            if (home / name).exists():
                _leave_one_version(home / name)
        there = set(_entries(home))
        yield
        for path in _entries(home):
            if path not in there:
                share(path)


def _entries(home: Path) -> list[Path]:
    """Folders and databases, each folder before what is in it; runs of their own are left out."""
    names = ("", "history", "history/runs", "schedules", "storage", "dagster.yaml", *_DATABASES)
    # Beside a database are its write-ahead log and the index of that.
    beside = [f"{name}{ending}" for name in _DATABASES for ending in ("-wal", "-shm")]
    return [home / name for name in (*names, *beside) if (home / name).exists()]


def _leave_one_version(database: Path) -> None:
    """Where two processes left two versions, keep Dagster's latest: the tables are its."""
    with closing(sqlite3.connect(database, timeout=_WAIT_SECONDS)) as connection:
        try:
            found = {str(row[0]) for row in connection.execute("SELECT * FROM alembic_version")}
        except sqlite3.OperationalError:
            return  # not made yet
        if len(found) < 2:
            return
        latest = _latest_version()
        if latest in found:
            with connection:
                connection.execute("DELETE FROM alembic_version WHERE version_num <> ?", [latest])


def _latest_version() -> str | None:
    from alembic.script import ScriptDirectory
    from dagster._core.storage.runs.sqlite import sqlite_run_storage
    from dagster._core.storage.sql import get_alembic_config

    configuration = get_alembic_config(sqlite_run_storage.__file__)
    return ScriptDirectory.from_config(configuration).get_current_head()
