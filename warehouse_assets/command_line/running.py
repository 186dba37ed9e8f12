"""Tables materialized in this process: the very assets, job and events that the UI's button has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from warehouse_assets.automation.jobs import FINANCE_DAY, partition_tags
from warehouse_assets.command_line.instance import open_instance
from warehouse_assets.command_line.progress import ProgressDisplay
from warehouse_assets.command_line.run_state import RunState

if TYPE_CHECKING:
    from dagster._core.remote_origin import RemoteJobOrigin

    from resources.lake.window import Window
    from resources.settings import Settings

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def materialize(names: Sequence[str], window: Window | None, settings: Settings) -> RunState:
    """Run the tables over the window in one Dagster run, and show how it goes.

    A table that fails does not stop those that do not depend on it. Ctrl-C stops the run between
    two published states; what was published by then stays.
    """
    import dagster as dg
    from dagster._core.utils import make_new_run_id

    from definitions import defs

    keys = [dg.AssetKey(name) for name in names]
    job = defs.resolve_job_def(FINANCE_DAY)
    run_id = make_new_run_id()
    display = ProgressDisplay(names, window)
    with open_instance(settings) as instance, display:
        # Without it the UI cannot re-execute the run, and leaves it out of its timeline.
        instance.create_run_for_job = partial(  # pyright: ignore[reportAttributeAccessIssue]
            instance.create_run_for_job, remote_job_origin=_origin(job.name)
        )
        instance.add_event_listener(run_id, display.run.listen)
        try:
            job.execute_in_process(
                run_config=_QUIET,
                instance=instance,
                asset_selection=keys,
                tags=partition_tags(window),
                raise_on_error=False,
                run_id=run_id,
            )
        except KeyboardInterrupt:
            display.run.stopped = True
        finally:
            display.run.finish()
    return display.run


def _origin(job_name: str) -> RemoteJobOrigin:
    """Where the UI finds the job: in the code location that workspace.yaml names."""
    from dagster._core.remote_origin import (
        RegisteredCodeLocationOrigin,
        RemoteJobOrigin,
        RemoteRepositoryOrigin,
    )

    location = RegisteredCodeLocationOrigin("ledgerlake")
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job_name)
