"""What runs unattended: jobs, schedules, sensors, standing checks, maintenance, StarRocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from resources.collector import without_collector
from warehouse_assets.orchestration.broken_tables import broken_tables
from warehouse_assets.orchestration.jobs import finance_day, finance_day_schedule, mart_jobs
from warehouse_assets.orchestration.late_data_sensor import late_rows_sensor
from warehouse_assets.orchestration.maintenance_job import maintenance_job, maintenance_schedule
from warehouse_assets.orchestration.scheduled_checks import (
    deliveries_unchanged,
    partitions_fresh,
    partitions_up_to_date,
    standing_checks_sensor,
)
from warehouse_assets.orchestration.starrocks import starrocks_definitions

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


@without_collector()
def unattended(warehouse: Warehouse, settings: Settings) -> dg.Definitions:
    """Everything that runs without a person, for these tables."""
    job = finance_day(warehouse)
    maintenance = maintenance_job(warehouse)
    own = dg.Definitions(
        asset_checks=[
            partitions_fresh(warehouse),
            partitions_up_to_date(warehouse),
            deliveries_unchanged(warehouse),
        ],
        jobs=[job, *mart_jobs(warehouse), maintenance],
        schedules=[
            finance_day_schedule(job, settings),
            maintenance_schedule(maintenance, settings),
        ],
        sensors=[standing_checks_sensor(warehouse), late_rows_sensor(job, warehouse)],
    )
    return dg.Definitions.merge(
        own, broken_tables(warehouse, settings), starrocks_definitions(warehouse, settings)
    )
