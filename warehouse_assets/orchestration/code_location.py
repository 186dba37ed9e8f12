"""The code location: every table that loads, what runs unattended, the lake bound."""

from functools import cache

import dagster as dg

from resources.settings import load_settings
from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.unattended import unattended


@cache
def code_location() -> dg.Definitions:
    """What Dagster loads, made once a process."""
    warehouse, settings = load_whole_tables(), load_settings()
    return dg.Definitions.merge(
        dg.Definitions(
            assets=table_assets(warehouse, settings),
            resources={"lake": LakeResource()},
            executor=dg.in_process_executor,
        ),
        unattended(warehouse, settings),
    )


def checked_definitions() -> tuple[int, int, int, int]:
    """Let Dagster check the code location; numbers of jobs, schedules, sensors and checks."""
    location = code_location()
    dg.Definitions.validate_loadable(location)
    repository = location.get_repository_def()
    jobs = [name for name in repository.job_names if not name.startswith("__")]
    return (
        len(jobs),
        len(repository.schedule_defs),
        len(repository.sensor_defs),
        len(repository.asset_graph.asset_check_keys),
    )
