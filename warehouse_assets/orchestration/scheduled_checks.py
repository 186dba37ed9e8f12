"""Checks that can break without any run: a late partition, a stale one, a changed delivery.

Dagster's freshness policy looks at an asset's last materialization only, so that back-filling an
old day turns a late table green. `partition_is_fresh` looks at every partition that is due.
"""

import time
from collections.abc import Callable, Iterator
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
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

FRESH = "partition_is_fresh"
UNCHANGED = "delivery_is_unchanged"
UP_TO_DATE = "is_up_to_date"

Verdict = Callable[["Table", "Warehouse", "Lake", "Settings"], str | None]


def late_partition(
    table: "Table", _warehouse: "Warehouse", lake: "Lake", settings: "Settings"
) -> str | None:
    """What is late: every partition that is due and not published, since the table's first."""
    assert table.freshness is not None
    missing = table.freshness.missing_days(
        lake.snapshot(table.spec).published, settings.first_date, datetime.now(UTC), settings.zone
    )
    at = f"{table.freshness.at:%H:%M}"
    if not missing:
        return None
    if len(missing) == 1:
        return f"{missing[0]} was due by {at} and is not published"
    return f"{len(missing):,} days were due by {at} and are not published: {named_days(missing)}"


def stale_partition(
    table: "Table", warehouse: "Warehouse", lake: "Lake", settings: "Settings"
) -> str | None:
    """The published partitions whose code or inputs have changed since, by reason."""
    staleness = Staleness(warehouse, lake, settings)
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


def changed_delivery(
    table: "Table", warehouse: "Warehouse", lake: "Lake", settings: "Settings"
) -> str | None:
    """The partitions whose delivered files changed after they were loaded, however long ago."""
    staleness = Staleness(warehouse, lake, settings)
    changed = staleness.changed_deliveries(table)
    return "; ".join(f"{day}: {difference}" for day, difference in changed.items()) or None


_VERDICTS: dict[str, Verdict] = {
    FRESH: late_partition,
    UNCHANGED: changed_delivery,
    UP_TO_DATE: stale_partition,
}
_LOOKING_SECONDS = 20.0
"""How long one tick looks for stale partitions; what it did not get to, the next one does."""


def partitions_fresh(warehouse: "Warehouse") -> dg.AssetChecksDefinition:
    """Is every partition that is due published? One check a table with a deadline."""
    return _standing_check(warehouse, FRESH, "Every partition that is due has been published.")


def deliveries_unchanged(warehouse: "Warehouse") -> dg.AssetChecksDefinition:
    """Are the delivered files as they were when they were loaded? One check a source table."""
    return _standing_check(warehouse, UNCHANGED, "No delivered file changed after it was loaded.")


def partitions_up_to_date(warehouse: "Warehouse") -> dg.AssetChecksDefinition:
    """Are the published partitions what code and inputs would give today? One check a table."""
    meaning = "Code and inputs of every published partition are as they were when it was made."
    return _standing_check(warehouse, UP_TO_DATE, meaning)


def watched_tables(warehouse: "Warehouse", check: str) -> list["Table"]:
    """The tables that have the standing check."""
    tables = warehouse.tables.values()
    if check == FRESH:
        return [table for table in tables if table.freshness and table.partition_column]
    if check == UNCHANGED:
        return [table for table in tables if table.source]
    return list(tables)


def _standing_check(warehouse: "Warehouse", check: str, meaning: str) -> dg.AssetChecksDefinition:
    tables = {table.name: table for table in watched_tables(warehouse, check)}
    specs = [dg.AssetCheckSpec(check, asset=name, description=meaning) for name in tables]

    @dg.multi_asset_check(specs=specs, name=check, can_subset=True)
    def body(
        context: dg.AssetCheckExecutionContext, lake: LakeResource
    ) -> Iterator[dg.AssetCheckResult]:
        opened = LakeAtOnce(lake.lake().settings)
        for key in context.selected_asset_check_keys:
            table = tables[key.asset_key.to_user_string()]
            problem = _VERDICTS[check](table, warehouse, opened, opened.settings)
            yield dg.AssetCheckResult(asset_key=key.asset_key, check_name=check, **result(problem))

    return body


def standing_checks_sensor(warehouse: "Warehouse") -> dg.SensorDefinition:
    """Looks every minute and reports what the UI does not show yet, without launching a run."""

    seen = _Seen(warehouse)

    @dg.sensor(
        name="standing_checks",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports late and stale partitions, changed deliveries and tables that do not "
        "load as asset checks.",
    )
    def body(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SkipReason:
        opened = LakeAtOnce(lake.lake().settings)
        seen.begin()
        reported = report_broken(context.instance, warehouse)
        for check in _VERDICTS:
            tables = watched_tables(warehouse, check)
            known = shown(context.instance, [table.name for table in tables], check)
            for table in tables:
                answer = seen.verdict(check, table, opened)
                target, before = known[table.name]
                if answer is None or (before is not None and before.is_answer(answer[0], target)):
                    continue
                reported += 1
                report(context.instance, table.name, check, target, answer[0])
        return dg.SkipReason(f"{reported} standing checks changed")

    return body


class _Seen:
    """What this process has seen of stale partitions: looked for again only where news came.

    A first look reads every publication record; on object storage that takes several ticks.
    """

    def __init__(self, warehouse: "Warehouse") -> None:
        self._warehouse = warehouse
        self._problems: dict[str, tuple[str, str | None]] = {}
        self._until = 0.0

    def begin(self) -> None:
        """A tick begins."""
        self._until = time.monotonic() + _LOOKING_SECONDS

    def verdict(self, check: str, table: "Table", lake: "Lake") -> tuple[str | None] | None:
        """The problem in a tuple, which is None where there is none; None: not looked at yet."""
        if check != UP_TO_DATE:
            return (_VERDICTS[check](table, self._warehouse, lake, lake.settings),)
        state = Staleness(self._warehouse, lake, lake.settings).state(table)
        known = self._problems.get(table.name)
        if known is not None and known[0] == state:
            return (known[1],)
        if time.monotonic() > self._until:
            return None
        problem = stale_partition(table, self._warehouse, lake, lake.settings)
        self._problems[table.name] = (state, problem)
        return (problem,)
