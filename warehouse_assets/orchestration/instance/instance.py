"""The Dagster instance in which commands leave their runs, so that the UI shows them."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.lake.storage.storage_errors import storage_errors_of
from resources.shared_files import make_shared_folder

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
# Capturing a step's output means redirecting this process's: the progress display would go too.
_NOT_CAPTURED = {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
    }
}
_NOT_LOST = "each table is as its last publish left it"
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
            in use.
    """
    from dagster import DagsterInstance
    from dagster._core.instance.ref import InstanceRef

    from warehouse_assets.orchestration.instance.instance_files import making_databases

    with storage_errors_of(f"Dagster's records of runs ({_home(settings)})", _NOT_LOST):
        home = instance_home(settings)
        overrides = _NOT_CAPTURED | ({} if _names_storage(home) else _pooled_storage(home))
        reference = InstanceRef.from_dir(str(home), overrides=overrides)
        with making_databases(home):
            instance = DagsterInstance.from_ref(reference)
        with instance:
            yield instance


def _names_storage(home: Path) -> bool:
    import yaml

    configuration = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    return not _STORAGES.isdisjoint(configuration)


def _pooled_storage(home: Path) -> dict[str, Any]:
    custom = {
        "module": "warehouse_assets.orchestration.instance.event_storage",
        "class": "PooledStorage",
        "config": {"base_dir": str(home)},
    }
    return {"storage": {"custom": custom}}


@dataclass(frozen=True)
class FailedRun:
    """A run that failed: when it began, and the tables it was to make."""

    run_id: str
    began: datetime
    tables: tuple[str, ...]


def failed_runs(settings: Settings, since: datetime) -> list[FailedRun]:
    """Runs that failed, latest first; none, and nothing made, where no run was ever recorded."""
    configured = os.environ.get("DAGSTER_HOME")
    home = Path(configured).expanduser().absolute() if configured else settings.home / "dagster"
    if not (home / "dagster.yaml").exists():
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
