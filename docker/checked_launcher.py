"""A run launcher that finds runs which ended together with their code location.

Dagster's default launcher leaves such a run "started" for ever: only a living code location reports
the crash of its runs. Run monitoring asks this launcher, which asks the code location for its runs.
The daemon's image has this file alone, so it imports Dagster's private modules itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagster import DefaultRunLauncher, Field, IntSource
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._grpc.types import GetCurrentRunsResult
from dagster._serdes import ConfigurableClassData, deserialize_value

if TYPE_CHECKING:
    from dagster import DagsterRun


class CheckedLauncher(DefaultRunLauncher):
    """The default launcher, with a health check of started runs.

    Args:
        grace_seconds: How long the code location must have been without the run. A failed run is
            started again at once, and never if the daemon has not found the code location again
            by then, which takes it some seconds.
    """

    def __init__(self, grace_seconds: int, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(inst_data)
        self._grace_seconds = grace_seconds
        self._missing_since: dict[str, float] = {}

    @classmethod
    def config_type(cls) -> dict[str, Field]:
        """The configuration in dagster.yaml."""
        return {"grace_seconds": Field(IntSource, is_required=False, default_value=30)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> CheckedLauncher:
        """The launcher that an instance's configuration asks for."""
        return cls(inst_data=inst_data, **config_value)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring may ask."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether the code location has the run; while it does not answer, it counts as running.

        It may be slow or starting, and a run that is started twice only costs work.
        """
        if self._is_there(run.run_id):
            self._missing_since.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        now = time.monotonic()
        since = self._missing_since.setdefault(run.run_id, now)
        if now - since < self._grace_seconds:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "missing, but not for long")
        del self._missing_since[run.run_id]
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "the code location was started again since"
        )

    def _is_there(self, run: str) -> bool:
        """Whether the code location has the run, or cannot be asked."""
        client = self._get_grpc_client_for_termination(run)
        if client is None:
            return True
        try:
            answer = deserialize_value(client.get_current_runs(), GetCurrentRunsResult)
        except DagsterUserCodeUnreachableError:
            return True
        return run in answer.current_runs
