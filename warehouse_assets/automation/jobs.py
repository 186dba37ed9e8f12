"""The finance day: every table of one business date, or of a range of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

from warehouse_assets.modeling.check_results import table_checks

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.warehouse import Warehouse

FINANCE_DAY = "finance_day"


def finance_day(warehouse: "Warehouse") -> UnresolvedAssetJobDefinition:
    """The job that materializes the whole warehouse for the chosen partitions.

    Standing checks are no part of it: they look at what is published, without a run.
    """
    checks = [
        dg.AssetCheckKey(dg.AssetKey(table.name), name)
        for table in warehouse.tables.values()
        for name in table_checks(table)
    ]
    return dg.define_asset_job(
        FINANCE_DAY,
        selection=dg.AssetSelection.all().without_checks() | dg.AssetSelection.checks(*checks),
        description="Every table of the warehouse for the chosen business dates.",
    )


def finance_day_schedule(
    job: UnresolvedAssetJobDefinition, warehouse: "Warehouse", settings: "Settings"
) -> dg.ScheduleDefinition:
    """Runs the finance day for yesterday and the days that yesterday's late rows belong to.

    Stopped until someone starts it: a laptop's lake has no deliveries at night.
    """
    ahead = max(
        window.ahead for table in warehouse.tables.values() for window in table.reads.values()
    )

    @dg.schedule(
        name="finance_day_schedule",
        job=job,
        cron_schedule="30 1 * * *",
        execution_timezone=settings.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Yesterday and the {ahead} days before it, in one run.",
    )
    def body(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        last = context.scheduled_execution_time.date() - timedelta(days=1)
        first = max(last - timedelta(days=ahead), settings.first_date)
        if last >= settings.first_date:
            yield dg.RunRequest(
                run_key=last.isoformat(),
                tags={
                    ASSET_PARTITION_RANGE_START_TAG: first.isoformat(),
                    ASSET_PARTITION_RANGE_END_TAG: last.isoformat(),
                },
            )

    return body
