"""Requests the refresh in StarRocks of each table that was published, once."""

import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from warehouse_assets.orchestration.dagster_internals import (
    PRIORITY_TAG,
    UnresolvedAssetJobDefinition,
)
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.starrocks.assets import asset_key

if TYPE_CHECKING:
    from resources.starrocks.views.served_table import ServedTable

INTERVAL_SECONDS = 10
_EVENTS_AT_ONCE = 1_000
# A tick has a minute; after a day without the daemon, several ticks read the events.
_MOST_QUERIES = 10


def refresh_sensor(
    job: UnresolvedAssetJobDefinition, served: "Sequence[ServedTable]"
) -> dg.SensorDefinition:
    """Records in the ledger what was published, and requests one run for all that is due.

    The cursor only says which events were read; what is to be done is in the ledger. So a table
    that fails stops no other, and reading an event twice does no harm.
    """
    tables = {dg.AssetKey(each.name): each for each in served}

    @dg.sensor(
        name="starrocks_refresh",
        job=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Refreshes tables in StarRocks after each publish, until they are verified.",
    )
    def body(
        context: dg.SensorEvaluationContext, lake: LakeResource
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from resources.starrocks.client.names import TableName
        from resources.starrocks.refresh.refresh_ledger import Ledger

        settings = lake.lake().settings
        ledger = Ledger(settings)
        cursor, published = _published_since(context)
        ledger.want(TableName.of(settings, tables[key].spec) for key in published if key in tables)
        context.update_cursor(cursor)
        names = {TableName.of(settings, each.spec): each.name for each in served}
        due = ledger.request(names.keys())
        if not due:
            yield dg.SkipReason("StarRocks shows what is published, or is waited for")
            return
        yield dg.RunRequest(
            # Dagster launches no second run if it evaluates this tick again after a crash, and
            # never skips another tick's run, not even if the ledger was lost.
            run_key=uuid.uuid4().hex,
            asset_selection=[asset_key(names[each.table]) for each in due],
            # It takes seconds, and goes before the runs of a backfill.
            tags={PRIORITY_TAG: "10"},
        )

    return body


def _published_since(context: dg.SensorEvaluationContext) -> tuple[str, set[dg.AssetKey]]:
    """The new cursor, and every asset that was materialized since the last one.

    The reconciling sensor finds what was published before the first tick.
    """
    events = dg.EventRecordsFilter
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    log = context.instance.event_log_storage
    if context.cursor is None:
        latest = log.get_event_records(events(kind), limit=1, ascending=False)
        return str(latest[0].storage_id if latest else 0), set()
    cursor, found = int(context.cursor), set[dg.AssetKey]()
    for _ in range(_MOST_QUERIES):
        records = log.get_event_records(
            events(kind, after_cursor=cursor), limit=_EVENTS_AT_ONCE, ascending=True
        )
        found |= {record.asset_key for record in records if record.asset_key}
        cursor = records[-1].storage_id if records else cursor
        if len(records) < _EVENTS_AT_ONCE:
            break
    return str(cursor), found
