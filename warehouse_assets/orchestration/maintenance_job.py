"""Maintenance of every table: old snapshots expire, files that nothing refers to go."""

from typing import TYPE_CHECKING

import dagster as dg

from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


def maintenance_job(warehouse: "Warehouse") -> dg.JobDefinition:
    """The job that keeps up every table, one after the other."""

    @dg.op(name="keep_up_tables")
    def keep_up_tables(context: dg.OpExecutionContext, lake: LakeResource) -> None:
        from resources.starrocks.refresh.scheduled_deletions import may_delete

        opened = lake.lake()
        allowed = may_delete(opened.settings)
        for table in warehouse.tables.values():
            report = opened.maintain(table.spec, may_delete=allowed)
            context.log.info(f"{table.name}: {report}")

    @dg.job(name="lake_maintenance", description="Expire snapshots and remove lost files.")
    def job() -> None:
        keep_up_tables()

    return job


def maintenance_schedule(job: dg.JobDefinition, settings: "Settings") -> dg.ScheduleDefinition:
    """Nightly; publishing also keeps up its own table every few commits.

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
