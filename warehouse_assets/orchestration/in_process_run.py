"""Tables materialized in this process, by the same assets and job as the UI's button uses."""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import dagster as dg

from warehouse_assets.orchestration.dagster_internals import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
    make_new_run_id,
)
from warehouse_assets.orchestration.instance.instance import open_instance
from warehouse_assets.orchestration.jobs import partition_tags
from warehouse_assets.orchestration.run_state import RunState

if TYPE_CHECKING:
    from resources.lake.model.window import Window
    from resources.settings import Settings

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def materialize(
    names: Sequence[str],
    window: Window | None,
    settings: Settings,
    run: RunState,
    display: AbstractContextManager[object],
) -> None:
    """Run the tables over the window in one Dagster run.

    A table that fails does not stop those that do not depend on it. Ctrl-C stops the run between
    two published states; what was published by then stays.

    `window` is None for tables without partitions. `run` is kept up to date while the tables run,
    and `display` entered for as long as they do.
    """
    from warehouse_assets.orchestration.code_location import code_location

    keys = {dg.AssetKey(name) for name in names}
    whole = code_location().resolve_implicit_global_asset_job_def()
    checks = _checks_of_runs(whole, keys)
    job = whole.get_subset(asset_selection=keys, asset_check_selection=checks)
    run_id = make_new_run_id()
    with open_instance(settings) as instance, display:
        # Dagster records of a run in process neither its checks nor where the UI finds its job:
        # without them the UI cannot re-execute it, and leaves it out of its timeline.
        create_run = instance.run_domain.create_run
        recorded: dict[str, Any] = {
            "asset_selection": frozenset(keys),
            "asset_check_selection": frozenset(checks),
            "remote_job_origin": _origin(whole.name),
        }
        instance.run_domain.create_run = lambda **facts: create_run(**(facts | recorded))
        instance.add_event_listener(run_id, run.listen)
        try:
            job.execute_in_process(
                run_config=_QUIET,
                instance=instance,
                tags=partition_tags(window),
                raise_on_error=False,
                run_id=run_id,
            )
        except KeyboardInterrupt:
            run.stopped = True
        finally:
            run.finish()


def _checks_of_runs(job: dg.JobDefinition, keys: Set[dg.AssetKey]) -> set[dg.AssetCheckKey]:
    """The checks that the tables' own runs evaluate; scheduled checks need none."""
    return {
        check
        for asset in job.asset_layer.asset_graph.assets_defs
        if asset.keys & keys
        for check in asset.check_keys
    }


def _origin(job_name: str) -> RemoteJobOrigin:
    """Where the UI finds the job: in the code location that workspace.yaml names."""
    location = RegisteredCodeLocationOrigin("ledgerlake")
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job_name)
