"""Checks that can break without any run: a partition that is late, a delivery that changed.

Dagster's freshness policy looks at an asset's last materialization only, so that back-filling an
old day turns a late table green. `partition_is_fresh` looks at the partition that is due.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from resources.lake.window import Window
from warehouse_assets.modeling.lake_resource import LakeResource
from warehouse_assets.modeling.staleness import Staleness

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.settings import Settings
    from warehouse_assets.modeling.table import Table
    from warehouse_assets.modeling.warehouse import Warehouse

FRESH = "partition_is_fresh"
UNCHANGED = "delivery_is_unchanged"
_WATCHED_DAYS = 31

Verdict = Callable[["Table", "Warehouse", "Lake", "Settings"], str | None]


def late_partition(
    table: "Table", _warehouse: "Warehouse", lake: "Lake", settings: "Settings"
) -> str | None:
    """What is late: the partition whose deadline has passed and that is not published."""
    assert table.freshness is not None
    due = table.freshness.newest_due(datetime.now(UTC), settings.zone)
    if due < settings.first_date or due in lake.pin(table.spec).published:
        return None
    return f"{due} was due by {table.freshness.at:%H:%M} and is not published"


def changed_delivery(
    table: "Table", warehouse: "Warehouse", lake: "Lake", settings: "Settings"
) -> str | None:
    """The partitions whose delivered files changed after they were loaded."""
    staleness = Staleness(warehouse, lake, settings)
    published = [day for day in lake.pin(table.spec).published if day is not None]
    if not published:
        return None
    newest = max(published)
    watched = Window.of_days(newest - timedelta(days=_WATCHED_DAYS), newest)
    changed = {
        day: difference
        for day in published
        if day in watched and (difference := staleness.changed_delivery(table, day))
    }
    return "; ".join(f"{day}: {difference}" for day, difference in changed.items()) or None


_VERDICTS: dict[str, Verdict] = {FRESH: late_partition, UNCHANGED: changed_delivery}


def partitions_fresh(warehouse: "Warehouse") -> dg.AssetChecksDefinition:
    """Is the partition that is due published? One check a table with a deadline."""
    return _standing_check(warehouse, FRESH, "The partition that is due has been published.")


def deliveries_unchanged(warehouse: "Warehouse") -> dg.AssetChecksDefinition:
    """Are the delivered files as they were when they were loaded? One check a source table."""
    return _standing_check(warehouse, UNCHANGED, "No delivered file changed after it was loaded.")


def watched_tables(warehouse: "Warehouse", check: str) -> list["Table"]:
    """The tables that have the standing check."""
    tables = warehouse.tables.values()
    if check == FRESH:
        return [table for table in tables if table.freshness and table.partition_column]
    return [table for table in tables if table.source]


def _standing_check(warehouse: "Warehouse", check: str, meaning: str) -> dg.AssetChecksDefinition:
    tables = {table.name: table for table in watched_tables(warehouse, check)}
    specs = [dg.AssetCheckSpec(check, asset=name, description=meaning) for name in tables]

    @dg.multi_asset_check(specs=specs, name=check, can_subset=True)
    def body(
        context: dg.AssetCheckExecutionContext, lake: LakeResource
    ) -> Iterator[dg.AssetCheckResult]:
        opened = lake.lake()
        for key in context.selected_asset_check_keys:
            table = tables[key.asset_key.to_user_string()]
            problem = _VERDICTS[check](table, warehouse, opened, opened.settings)
            yield dg.AssetCheckResult(asset_key=key.asset_key, check_name=check, **_result(problem))

    return body


def standing_checks_sensor(warehouse: "Warehouse") -> dg.SensorDefinition:
    """Looks every minute and reports what changed, without launching a run."""

    @dg.sensor(
        name="standing_checks",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports late partitions and changed deliveries as asset checks.",
    )
    def body(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SkipReason:
        known: dict[str, str | None] = json.loads(context.cursor or "{}")
        opened = lake.lake()
        reported = 0
        for check, verdict in _VERDICTS.items():
            for table in watched_tables(warehouse, check):
                problem = verdict(table, warehouse, opened, opened.settings)
                place = f"{table.name}:{check}"
                if place in known and known[place] == problem:
                    continue
                known[place] = problem
                reported += 1
                context.instance.report_runless_asset_event(
                    dg.AssetCheckEvaluation(
                        asset_key=dg.AssetKey(table.name), check_name=check, **_result(problem)
                    )
                )
        context.update_cursor(json.dumps(known))
        return dg.SkipReason(f"{reported} standing checks changed")

    return body


def _result(problem: str | None) -> dict[str, Any]:
    metadata = {"problem": dg.MetadataValue.text(problem)} if problem else {}
    return {
        "passed": problem is None,
        "severity": dg.AssetCheckSeverity.WARN,
        "metadata": metadata,
        "description": problem,
    }
