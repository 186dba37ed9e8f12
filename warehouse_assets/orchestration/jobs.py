"""Jobs and their schedules: the finance day, the marts, and the lake's maintenance."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from resources.lake.model.window import Window
from warehouse_assets.orchestration.asset_checks import table_checks
from warehouse_assets.orchestration.dagster_internals import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
    UnresolvedAssetJobDefinition,
)
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_MART = "dm_"


def finance_day(warehouse: "Warehouse") -> UnresolvedAssetJobDefinition:
    """The job that materializes the whole warehouse for the chosen partitions."""
    return _job(
        "finance_day", warehouse, "Every table of the warehouse for the chosen business dates."
    )


def mart_jobs(warehouse: "Warehouse") -> list[UnresolvedAssetJobDefinition]:
    """For each department's mart the job that makes it and everything it is made of."""
    return [
        _job(
            f"mart_{name.removeprefix(_MART)}",
            warehouse.made_of(name),
            f"{name} and every table it is made of, for the chosen business dates.",
        )
        for name in warehouse.tables
        if name.startswith(_MART)
    ]


def _job(name: str, warehouse: "Warehouse", description: str) -> UnresolvedAssetJobDefinition:
    # Scheduled checks are no part of a job: the sensor evaluates them, without a run.
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
    """Runs the finance day for yesterday; `late_rows` runs the days that its late rows touch."""
    return yesterday_schedule(
        "finance_day_schedule", job, settings, "30 1 * * *", "Yesterday, in one run."
    )


def yesterday_schedule(
    name: str,
    job: UnresolvedAssetJobDefinition,
    settings: "Settings",
    cron_schedule: str,
    description: str,
) -> dg.ScheduleDefinition:
    """Runs a job for the date before, in the business time zone.

    Stopped until someone starts it: a laptop's lake has no deliveries at night.
    """

    @dg.schedule(
        name=name,
        job=job,
        cron_schedule=cron_schedule,
        execution_timezone=settings.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=description,
    )
    def body(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        last = context.scheduled_execution_time.date() - timedelta(days=1)
        if last >= settings.first_date:
            tags = partition_tags(Window.of_day(last))
            yield dg.RunRequest(run_key=last.isoformat(), tags=tags)

    return body


def maintenance_job(warehouse: "Warehouse") -> dg.JobDefinition:
    """The job that maintains every table, one after the other."""

    @dg.op(name="maintain_tables")
    def maintain_tables(context: dg.OpExecutionContext, lake: LakeResource) -> None:
        from resources.starrocks.refresh.status import may_delete

        opened = lake.lake()
        allowed = may_delete(opened.settings)
        for table in warehouse.tables.values():
            report = opened.maintain(table.spec, may_delete=allowed)
            context.log.info(f"{table.name}: {report}")

    @dg.job(name="lake_maintenance", description="Expire snapshots and remove orphan files.")
    def job() -> None:
        maintain_tables()

    return job


def maintenance_schedule(job: dg.JobDefinition, settings: "Settings") -> dg.ScheduleDefinition:
    """Nightly; publishing also maintains its own table every few commits.

    On from the start where StarRocks serves the lake: publishing then deletes no file of a served
    table, because it does not ask what StarRocks shows.
    """
    running = dg.DefaultScheduleStatus.RUNNING
    return dg.ScheduleDefinition(
        name="lake_maintenance_schedule",
        job=job,
        cron_schedule="30 3 * * *",
        execution_timezone=settings.time_zone,
        default_status=running if settings.is_served else dg.DefaultScheduleStatus.STOPPED,
    )


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
