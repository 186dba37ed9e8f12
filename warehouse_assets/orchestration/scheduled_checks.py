"""Checks that can fail without any run: a late partition, a stale one, a changed delivery.

Dagster's freshness policy looks at an asset's last materialization only, so that back-filling an
old day turns a late table green. `partition_is_fresh` looks at every partition that is due.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import dagster as dg

from resources.lake.lake import LakeAtOnce
from resources.lake.model.window import named_days
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.orchestration.broken_tables import report_broken
from warehouse_assets.orchestration.check_answers import report, result, shown
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

FRESH = "partition_is_fresh"
UNCHANGED = "delivery_is_unchanged"
UP_TO_DATE = "is_up_to_date"
_TICK_SECONDS = 20.0
"""How long one tick looks for stale partitions; the next one goes on with the other tables."""


@dataclass(frozen=True)
class _ScheduledCheck:
    """A check of the tables that it applies to; `problem` is None where it passes."""

    meaning: str
    problem: Callable[["Table", "Lake", Staleness], str | None]
    applies: Callable[["Table"], bool]


def _late_partitions(table: "Table", lake: "Lake", _: Staleness) -> str | None:
    """Every partition that is due and not published, since the table's first published one."""
    assert table.freshness is not None
    settings, published = lake.settings, lake.snapshot(table.spec).published
    missing = table.freshness.missing_days(
        published, settings.first_date, datetime.now(UTC), settings.zone
    )
    at = f"{table.freshness.at:%H:%M}"
    if not missing:
        return None
    if len(missing) == 1:
        return f"{missing[0]} was due by {at} and is not published"
    return f"{len(missing):,} days were due by {at} and are not published: {named_days(missing)}"


def _stale_partitions(table: "Table", lake: "Lake", staleness: Staleness) -> str | None:
    """The published partitions whose code or inputs have changed since, by reason."""
    published = lake.snapshot(table.spec).published
    reasons: dict[str, list[date | None]] = {}
    for partition in published:
        if reason := staleness.reason_within(table, partition):
            reasons.setdefault(reason, []).append(partition)
    if not reasons:
        return None
    if not table.partition_column:
        return f"the table is stale: {next(iter(reasons))}"
    named = "; ".join(
        f"{reason}: {named_days(day for day in days if day)}" for reason, days in reasons.items()
    )
    stale = sum(len(days) for days in reasons.values())
    return f"{stale:,} of {len(published):,} days are stale: {named}"


def _changed_deliveries(table: "Table", _: "Lake", staleness: Staleness) -> str | None:
    """The partitions whose delivered files changed after they were loaded, however long ago."""
    changed = staleness.changed_deliveries(table)
    return "; ".join(f"{day}: {difference}" for day, difference in changed.items()) or None


_CHECKS = {
    FRESH: _ScheduledCheck(
        "Every partition that is due has been published.",
        _late_partitions,
        lambda table: table.freshness is not None and table.partition_column is not None,
    ),
    UNCHANGED: _ScheduledCheck(
        "No delivered file changed after it was loaded.",
        _changed_deliveries,
        lambda table: table.source is not None,
    ),
    UP_TO_DATE: _ScheduledCheck(
        "Code and inputs of every published partition are as they were when it was made.",
        _stale_partitions,
        lambda _: True,
    ),
}


def problem_of(check: str, table: "Table", warehouse: "Warehouse", lake: "Lake") -> str | None:
    """What the check of that name finds wrong with the table now; None: it passes."""
    return _CHECKS[check].problem(table, lake, Staleness(warehouse, lake, lake.settings))


def scheduled_checks(warehouse: "Warehouse") -> list[dg.AssetChecksDefinition]:
    """The three checks of these tables, as the UI's button executes them."""
    return [_definition(warehouse, name) for name in _CHECKS]


def _definition(warehouse: "Warehouse", name: str) -> dg.AssetChecksDefinition:
    tables, meaning = _tables_with(warehouse, name), _CHECKS[name].meaning
    specs = [dg.AssetCheckSpec(name, asset=table, description=meaning) for table in tables]

    @dg.multi_asset_check(specs=specs, name=name, can_subset=True)
    def body(
        context: dg.AssetCheckExecutionContext, lake: LakeResource
    ) -> Iterator[dg.AssetCheckResult]:
        opened = LakeAtOnce(lake.lake().settings)
        for key in context.selected_asset_check_keys:
            problem = problem_of(name, tables[key.asset_key.to_user_string()], warehouse, opened)
            yield dg.AssetCheckResult(asset_key=key.asset_key, check_name=name, **result(problem))

    return body


def _tables_with(warehouse: "Warehouse", check: str) -> dict[str, "Table"]:
    return {
        name: table for name, table in warehouse.tables.items() if _CHECKS[check].applies(table)
    }


def scheduled_checks_sensor(warehouse: "Warehouse") -> dg.SensorDefinition:
    """Evaluates every minute and reports what the UI does not show yet, without launching a run."""

    remembered = _RememberedStaleness(warehouse)

    @dg.sensor(
        name="scheduled_checks",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports late and stale partitions, changed deliveries and tables that do not "
        "load as asset checks.",
    )
    def body(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SkipReason:
        opened = LakeAtOnce(lake.lake().settings)
        remembered.begin_tick()
        reported = report_broken(context.instance, warehouse)
        for check in _CHECKS:
            tables = _tables_with(warehouse, check)
            known = shown(context.instance, tables, check)
            for name, table in tables.items():
                answer = remembered.problem(check, table, opened)
                target, before = known[name]
                if answer is None or (before is not None and before.is_answer(answer[0], target)):
                    continue
                reported += 1
                report(context.instance, name, check, target, answer[0])
        return dg.SkipReason(f"{reported} scheduled checks changed")

    return body


class _RememberedStaleness:
    """The stale partitions that this process has found; a table is looked at again if it changed.

    The first look reads every publication record; on object storage that takes several ticks.
    """

    def __init__(self, warehouse: "Warehouse") -> None:
        self._warehouse = warehouse
        self._problems: dict[str, tuple[str, str | None]] = {}
        self._until = 0.0

    def begin_tick(self) -> None:
        """Start the time that this tick has."""
        self._until = time.monotonic() + _TICK_SECONDS

    def problem(self, check: str, table: "Table", lake: "Lake") -> tuple[str | None] | None:
        """The check's problem, or None, in a tuple; no tuple: this tick has no time to look."""
        if check != UP_TO_DATE:
            return (problem_of(check, table, self._warehouse, lake),)
        state = Staleness(self._warehouse, lake, lake.settings).state(table)
        known = self._problems.get(table.name)
        if known is not None and known[0] == state:
            return (known[1],)
        if time.monotonic() > self._until:
            return None
        problem = problem_of(check, table, self._warehouse, lake)
        self._problems[table.name] = (state, problem)
        return (problem,)
