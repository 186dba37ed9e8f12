"""The code location: every table that loads, the lake, and what runs unattended."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import dagster as dg

from resources.collector import without_collector
from resources.settings import load_settings
from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.broken_tables import broken_tables
from warehouse_assets.orchestration.daily_report import daily_report
from warehouse_assets.orchestration.jobs import (
    finance_day,
    finance_day_schedule,
    maintenance_job,
    maintenance_schedule,
    mart_jobs,
)
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.late_data_sensor import late_rows_sensor
from warehouse_assets.orchestration.scheduled_checks import (
    scheduled_checks,
    scheduled_checks_sensor,
)
from warehouse_assets.orchestration.starrocks import starrocks_definitions

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


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


@without_collector()
def unattended(warehouse: Warehouse, settings: Settings) -> dg.Definitions:
    """Jobs, schedules, sensors and scheduled checks of these tables, and StarRocks' assets."""
    job, maintenance = finance_day(warehouse), maintenance_job(warehouse)
    own = dg.Definitions(
        asset_checks=scheduled_checks(warehouse),
        jobs=[job, *mart_jobs(warehouse), maintenance],
        schedules=[
            finance_day_schedule(job, settings),
            maintenance_schedule(maintenance, settings),
        ],
        sensors=[scheduled_checks_sensor(warehouse), late_rows_sensor(job, warehouse)],
    )
    return dg.Definitions.merge(
        own,
        daily_report(warehouse, settings),
        broken_tables(warehouse, settings),
        starrocks_definitions(warehouse, settings),
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
