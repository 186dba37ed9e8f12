"""The finance day, every table of one business date or of a range of them; and the marts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)

from resources.lake.model.window import Window
from warehouse_assets.orchestration.asset_checks import table_checks

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

FINANCE_DAY = "finance_day"
MART = "dm_"


def finance_day(warehouse: "Warehouse") -> UnresolvedAssetJobDefinition:
    """The job that materializes the whole warehouse for the chosen partitions."""
    return _job(
        FINANCE_DAY,
        warehouse,
        "Every table of the warehouse for the chosen business dates.",
    )


def mart_jobs(warehouse: "Warehouse") -> list[UnresolvedAssetJobDefinition]:
    """For each department's mart the job that makes it and everything it is made of."""
    return [
        _job(
            f"mart_{table.name.removeprefix(MART)}",
            warehouse.made_of(table.name),
            f"{table.name} and every table it is made of, for the chosen business dates.",
        )
        for table in warehouse.tables.values()
        if table.name.startswith(MART)
    ]


def _job(name: str, warehouse: "Warehouse", description: str) -> UnresolvedAssetJobDefinition:
    # Standing checks are no part of a job: they look at what is published, without a run.
    checks = [
        dg.AssetCheckKey(dg.AssetKey(table.name), check)
        for table in warehouse.tables.values()
        for check in table_checks(table)
    ]
    assets = dg.AssetSelection.assets(*warehouse.tables)
    return dg.define_asset_job(
        name,
        selection=assets.without_checks() | dg.AssetSelection.checks(*checks),
        description=description,
    )


def finance_day_schedule(
    job: UnresolvedAssetJobDefinition, settings: "Settings"
) -> dg.ScheduleDefinition:
    """Runs the finance day for yesterday; `late_rows` runs the days that its late rows touch.

    Stopped until someone starts it: a laptop's lake has no deliveries at night.
    """

    @dg.schedule(
        name="finance_day_schedule",
        job=job,
        cron_schedule="30 1 * * *",
        execution_timezone=settings.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Yesterday, in one run.",
    )
    def body(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        last = context.scheduled_execution_time.date() - timedelta(days=1)
        if last >= settings.first_date:
            tags = partition_tags(Window.of_day(last))
            yield dg.RunRequest(run_key=last.isoformat(), tags=tags)

    return body


def partition_tags(window: Window | None) -> dict[str, str]:
    """The tags that tell Dagster the partitions of a run; none for tables without any."""
    if window is None:
        return {}
    if len(window) == 1:
        return {PARTITION_NAME_TAG: str(window.start)}
    return {
        ASSET_PARTITION_RANGE_START_TAG: str(window.start),
        ASSET_PARTITION_RANGE_END_TAG: str(window.last),
    }
