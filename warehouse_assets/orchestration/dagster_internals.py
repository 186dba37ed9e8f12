"""The one place, beside docker/checked_launcher.py, for what Dagster keeps private.

Its version is pinned, and tests cover the use.

Storage and command-line modules are imported when a name of theirs is asked for: they cost a
process that only loads the definitions time, and it needs none of them.
"""

# Nothing is used here: others import it from here.
# ruff: noqa: F401
# pyright: reportUnusedImport=false

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationPlanned,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.events import ASSET_EVENTS
from dagster._core.instance.ref import InstanceRef
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
    PRIORITY_TAG,
)
from dagster._core.utils import make_new_run_id
from dagster._serdes import ConfigurableClassData

if TYPE_CHECKING:
    from dagster._cli import dev as dagster_dev
    from dagster._core.storage.event_log.schema import (
        AssetCheckExecutionsTable,
        SqlEventLogStorageTable,
    )
    from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
    from dagster._core.storage.runs.sqlite import sqlite_run_storage
    from dagster._core.storage.sql import get_alembic_config
    from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

NO_COMPUTE_LOGS = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}
"""The configuration of an instance that captures no output of steps."""

_EVENT_LOG = "dagster._core.storage.event_log"
_IMPORTED_LATE = {
    "AssetCheckExecutionsTable": f"{_EVENT_LOG}.schema",
    "DagsterSqliteStorage": "dagster._core.storage.sqlite_storage",
    "SqlEventLogStorageTable": f"{_EVENT_LOG}.schema",
    "SqliteEventLogStorage": f"{_EVENT_LOG}.sqlite.sqlite_event_log",
    "dagster_dev": "dagster._cli.dev",
    "get_alembic_config": "dagster._core.storage.sql",
    "sqlite_run_storage": "dagster._core.storage.runs.sqlite.sqlite_run_storage",
}


def __getattr__(name: str) -> object:
    if name not in _IMPORTED_LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_IMPORTED_LATE[name])
    return getattr(module, name, module)
