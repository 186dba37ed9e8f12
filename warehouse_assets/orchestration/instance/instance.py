"""The Dagster instance in which commands record their runs, so that the UI shows them.

Dagster creates its databases without a lock. Of two processes that begin in a new home together,
the second finds tables without a version, takes them for those of an old release and says so: from
then on the database has two versions, and every run fails. So one process at a time opens the
instance, and a database with two versions is repaired.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.file_lock import acquire
from resources.lake.storage.storage_errors import storage_errors_of
from resources.shared_files import make_shared_folder, share

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from resources.settings import Settings

_CONFIGURATION = """\
# Dagster's instance of this lake: runs and events are in SQLite files beside this one.
telemetry:
  enabled: false
# Or a first visit begins with a dialog that asks for an e-mail address.
nux:
  enabled: false
# A sensor looks every minute; what it found on most of them is of no interest a week later.
retention:
  sensor:
    purge_after_days:
      skipped: 7
  schedule:
    purge_after_days:
      skipped: 7
"""
_LOCK = ".lock"
_WAIT_SECONDS = 120.0
_DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
_NOT_LOST = "each table is as its last publish left it"
_POOLED = {
    "module": "warehouse_assets.orchestration.instance.event_storage",
    "class": "PooledStorage",
}
_STORAGES = {"storage", "run_storage", "event_log_storage", "schedule_storage"}


def instance_home(settings: Settings) -> Path:
    """The folder of the instance: DAGSTER_HOME, or one in the lake's home, made on first use."""
    home = _home(settings)
    make_shared_folder(home)
    configuration = home / "dagster.yaml"
    if not configuration.exists():
        # Whole or not at all: another process may begin at the same time.
        draft = configuration.with_suffix(f".{os.getpid()}")
        draft.write_text(_CONFIGURATION, encoding="utf-8")
        draft.replace(configuration)
    return home


def _home(settings: Settings) -> Path:
    configured = os.environ.get("DAGSTER_HOME")
    return Path(configured).expanduser().absolute() if configured else settings.home / "dagster"


@contextmanager
def open_instance(settings: Settings) -> Generator[DagsterInstance]:
    """The instance as this process uses it: nothing captured, its event log kept open.

    A storage that the instance's own configuration names is left as it is.

    Raises:
        StorageError: If the instance's files cannot be made, read or written, also while it is
            in use, or if another process takes longer than two minutes to open it.
    """
    from dagster import DagsterInstance

    from warehouse_assets.orchestration.dagster_internals import NO_COMPUTE_LOGS, InstanceRef

    with storage_errors_of(f"Dagster's records of runs ({_home(settings)})", _NOT_LOST):
        home = instance_home(settings)
        # Capturing a step's output redirects this process's: the progress display would go too.
        overrides: dict[str, Any] = {"compute_logs": NO_COMPUTE_LOGS}
        if not _names_storage(home):
            overrides["storage"] = {"custom": {**_POOLED, "config": {"base_dir": str(home)}}}
        reference = InstanceRef.from_dir(str(home), overrides=overrides)
        with _alone(home):
            instance = DagsterInstance.from_ref(reference)
        with instance:
            yield instance


def _names_storage(home: Path) -> bool:
    import yaml

    configuration = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    return not _STORAGES.isdisjoint(configuration)


@contextmanager
def _alone(home: Path) -> Generator[None]:
    """Inside, no other process opens the instance; files made there are shared with the group."""
    with acquire(home / _LOCK, _WAIT_SECONDS):
        for name in _DATABASES:
            if (home / name).exists():
                _repair_versions(home / name)
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


def _repair_versions(database: Path) -> None:
    """Of two versions keep Dagster's latest, which made the tables."""
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

    from warehouse_assets.orchestration.dagster_internals import (
        get_alembic_config,
        sqlite_run_storage,
    )

    configuration = get_alembic_config(sqlite_run_storage.__file__)
    return ScriptDirectory.from_config(configuration).get_current_head()


@dataclass(frozen=True)
class FailedRun:
    """A run that failed: when it began, and the tables it was to make."""

    run_id: str
    began: datetime
    tables: tuple[str, ...]


def failed_runs(settings: Settings, since: datetime) -> list[FailedRun]:
    """Runs that failed, latest first; none, and nothing made, where no run was ever recorded."""
    if not (_home(settings) / "dagster.yaml").exists():
        return []
    from dagster import DagsterRunStatus, RunsFilter

    filters = RunsFilter(statuses=[DagsterRunStatus.FAILURE], created_after=since)
    with open_instance(settings) as instance:
        records = instance.get_run_records(filters, limit=100)
    return [
        FailedRun(
            record.dagster_run.run_id,
            record.create_timestamp.replace(tzinfo=record.create_timestamp.tzinfo or UTC),
            tuple(sorted(key.to_user_string() for key in record.dagster_run.asset_selection or ())),
        )
        for record in records
    ]
