"""Requests runs of the partitions that late and corrected rows have made stale."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from resources.lake.model.window import Window
from warehouse_assets.modeling.execution.stale_partitions import (
    Reasons,
    next_step,
    stale_partitions,
    without,
)
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.orchestration.dagster_internals import (
    IMPLICIT_ASSET_JOB_NAME,
    NOT_FINISHED_STATUSES,
    UnresolvedAssetJobDefinition,
)
from warehouse_assets.orchestration.jobs import partition_tags
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

DAYS_BACK = 31
"""How many days are compared, yesterday the last; older: `ledgerlake materialize --stale`."""

STEP = "ledgerlake/step"


def late_rows_sensor(
    job: UnresolvedAssetJobDefinition, warehouse: "Warehouse"
) -> dg.SensorDefinition:
    """Requests one run at a time; a step that failed waits for a person, with all that reads it."""

    @dg.sensor(
        name="late_rows",
        job=job,
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=f"Makes stale partitions of the last {DAYS_BACK} days again, and no others.",
    )
    def body(
        context: dg.SensorEvaluationContext, lake: LakeResource
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        # The second is the job of the command line and of the UI's Materialize button.
        for name in (job.name, IMPLICIT_ASSET_JOB_NAME):
            running = dg.RunsFilter(job_name=name, statuses=NOT_FINISHED_STATUSES)
            if context.instance.get_runs_count(running):
                yield dg.SkipReason("a run that makes tables is under way")
                return
        opened = lake.lake()
        settings = opened.settings
        last = settings.last_complete_date()
        first = max(settings.first_date, last - timedelta(days=DAYS_BACK - 1))
        if last < first:
            yield dg.SkipReason(f"the warehouse begins on {settings.first_date}")
            return
        left = list(warehouse.tables.values())
        staleness = Staleness(warehouse, opened, settings)
        stale = stale_partitions(left, Window.of_days(first, last), staleness)
        request = _first_not_tried(context.instance, left, stale, staleness)
        yield request or dg.SkipReason("nothing is stale that has not failed before")

    return body


def _first_not_tried(
    instance: dg.DagsterInstance, tables: "Sequence[Table]", stale: Reasons, staleness: Staleness
) -> dg.RunRequest | None:
    """The first step that no run has tried."""
    while step := next_step(tables, stale):
        key = _key([table for table in tables if table.name in step.tables], stale, staleness)
        if not instance.get_runs_count(dg.RunsFilter(tags={STEP: key})):
            return dg.RunRequest(
                run_key=key,
                tags={STEP: key, **partition_tags(step.window)},
                asset_selection=[dg.AssetKey(name) for name in step.tables],
            )
        tables = without(tables, step.tables)
    return None


def _key(step: "Sequence[Table]", stale: Reasons, staleness: Staleness) -> str:
    """A digest of what is stale, why, and by which inputs: a step with the same key was tried."""
    facts = [
        (
            table.name,
            code_version(table),
            partition,
            reason,
            [state.digest for state in staleness.inputs(table, partition).values()],
            staleness.delivery(table, partition),
        )
        for table in step
        for partition, reason in stale[table.name].items()
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
