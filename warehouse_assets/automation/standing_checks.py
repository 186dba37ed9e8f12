"""Checks that can break without any run: a partition that is late, a delivery that changed.

Dagster's freshness policy looks at an asset's last materialization only, so that back-filling an
old day turns a late table green. `partition_is_fresh` looks at the partition that is due.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as _Target,
)

from warehouse_assets.modeling.lake_resource import LakeResource
from warehouse_assets.modeling.staleness import Staleness

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.settings import Settings
    from warehouse_assets.modeling.table import Table
    from warehouse_assets.modeling.warehouse import Warehouse

FRESH = "partition_is_fresh"
UNCHANGED = "delivery_is_unchanged"

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
    """The partitions whose delivered files changed after they were loaded, however long ago."""
    staleness = Staleness(warehouse, lake, settings)
    changed = staleness.changed_deliveries(table)
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
    """Looks every minute and reports what the UI does not show yet, without launching a run."""

    @dg.sensor(
        name="standing_checks",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports late partitions and changed deliveries as asset checks.",
    )
    def body(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SkipReason:
        opened = lake.lake()
        reported = 0
        for check, verdict in _VERDICTS.items():
            shown = _shown(context.instance, warehouse, check)
            for table in watched_tables(warehouse, check):
                problem = verdict(table, warehouse, opened, opened.settings)
                target, known = shown[table.name]
                if known is not None and known.is_answer(problem, target):
                    continue
                reported += 1
                context.instance.report_runless_asset_event(
                    dg.AssetCheckEvaluation(
                        asset_key=dg.AssetKey(table.name),
                        check_name=check,
                        target_materialization_data=target,
                        **_result(problem),
                    )
                )
        return dg.SkipReason(f"{reported} standing checks changed")

    return body


@dataclass(frozen=True)
class _Known:
    """What the UI shows of a check: the answer, and the materialization it is about."""

    problem: str | None
    storage_id: int | None

    def is_answer(self, problem: str | None, target: _Target | None) -> bool:
        """Whether it says the same of the newest materialization: of an older one it is void."""
        return self.problem == problem and self.storage_id == (target and target.storage_id)


def _shown(
    instance: dg.DagsterInstance, warehouse: "Warehouse", check: str
) -> dict[str, tuple[_Target | None, _Known | None]]:
    """By table: its newest materialization, and what the check last said. Two queries."""
    keys = {table.name: dg.AssetKey(table.name) for table in watched_tables(warehouse, check)}
    targets: dict[str, _Target] = {}
    for record in instance.get_asset_records(list(keys.values())):
        newest = record.asset_entry.last_materialization_record
        if newest is not None:
            targets[record.asset_entry.asset_key.to_user_string()] = _Target(
                storage_id=newest.storage_id, run_id=newest.run_id, timestamp=newest.timestamp
            )
    executions = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [dg.AssetCheckKey(key, check) for key in keys.values()]
    )
    known: dict[str, _Known] = {}
    for key, execution in executions.items():
        evaluation = execution.evaluation
        # A run that failed leaves a check planned, which says nothing.
        if isinstance(evaluation, dg.AssetCheckEvaluation):
            target = evaluation.target_materialization_data
            known[key.asset_key.to_user_string()] = _Known(
                evaluation.description, target and target.storage_id
            )
    return {name: (targets.get(name), known.get(name)) for name in keys}


def _result(problem: str | None) -> dict[str, Any]:
    metadata = {"problem": dg.MetadataValue.text(problem)} if problem else {}
    return {
        "passed": problem is None,
        "severity": dg.AssetCheckSeverity.WARN,
        "metadata": metadata,
        "description": problem,
    }
