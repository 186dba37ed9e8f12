"""Finds publishes without an event: lost ones, and those from outside Dagster."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.starrocks.client.names import TableName
    from resources.starrocks.refresh.refresh_ledger import Entry
    from resources.starrocks.views.served_table import ServedTable

INTERVAL_SECONDS = 60


def reconcile_sensor(served: "Sequence[ServedTable]") -> dg.SensorDefinition:
    """Wants a refresh of each table whose latest snapshot is not verified; requests no run."""

    @dg.sensor(
        name="starrocks_reconcile",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Compares the lake's latest snapshots with those StarRocks was seen to show.",
    )
    def body(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SkipReason:
        from resources.starrocks.refresh.refresh_ledger import Ledger

        opened = lake.lake()
        ledger = Ledger(opened.settings)
        ledger.forget_old_statements(datetime.now(UTC))
        behind: list[TableName] = []
        for table, error in behind_the_lake(opened, served, ledger.entries()):
            if error is None:
                behind.append(table)
            else:
                context.log.warning(f"{table} is left out: {error}")
        ledger.want(behind)
        return dg.SkipReason(f"{len(behind)} tables are to be refreshed")

    return body


def behind_the_lake(
    lake: "Lake", served: "Sequence[ServedTable]", entries: "dict[TableName, Entry]"
) -> "Iterator[tuple[TableName, Exception | None]]":
    """The tables that are not verified at their latest snapshot, and not wanted already.

    With the error if the lake cannot be read.
    """
    from resources.starrocks.client.names import TableName
    from resources.starrocks.refresh.refresh_ledger import Entry

    for each in served:
        name = TableName.of(lake.settings, each.spec)
        entry = entries.get(name, Entry(name))
        if entry.is_open:
            continue
        try:
            published = lake.snapshot(each.spec).snapshot_id
        except Exception as error:  # noqa: BLE001 - it must stop no other table
            yield name, error
            continue
        if not entry.shows(published, each):
            yield name, None
