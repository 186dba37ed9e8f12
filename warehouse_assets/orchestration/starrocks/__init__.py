"""StarRocks in Dagster: assets with a check, and two sensors that keep them up to date."""

from typing import TYPE_CHECKING

import dagster as dg

from warehouse_assets.orchestration.starrocks.assets import starrocks_assets, starrocks_job
from warehouse_assets.orchestration.starrocks.reconcile_sensor import reconcile_sensor
from warehouse_assets.orchestration.starrocks.refresh_sensor import refresh_sensor

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


def starrocks_definitions(warehouse: "Warehouse", settings: "Settings") -> dg.Definitions:
    """Assets, job and sensors of the served tables; nothing without StarRocks."""
    if not (settings.is_served and warehouse.served):
        return dg.Definitions()
    job = starrocks_job(warehouse.served)
    return dg.Definitions(
        assets=[starrocks_assets(warehouse)],
        jobs=[job],
        sensors=[refresh_sensor(job, warehouse.served), reconcile_sensor(warehouse.served)],
    )
