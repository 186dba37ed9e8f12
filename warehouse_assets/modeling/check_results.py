"""From an audit's report to Dagster's check results: one a check and partition, with samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)

from resources.lake.table_spec import Severity
from warehouse_assets.modeling.rules import check_of

if TYPE_CHECKING:
    from resources.lake.audit import AuditReport, RuleResult
    from warehouse_assets.modeling.table import Table

SEVERITY = {
    Severity.ERROR: dg.AssetCheckSeverity.ERROR,
    Severity.WARNING: dg.AssetCheckSeverity.WARN,
}
PARSED = "rows_parsed"
_MEANING = {
    PARSED: "Every delivered row parsed; those that did not are in the quarantine table.",
    "not_null": "No column that must have a value is without one.",
    "inside_window": "Every row belongs to the partition it was made for.",
    "unique_key": "The key is unique within the partition.",
    "valid_values": "Every value is in its declared range, set or pattern.",
    "unusual_values": "Values outside their declared range are counted, and published.",
}


def table_checks(table: Table) -> dict[str, Severity]:
    """Every check of a table by name, in the order the UI shows them.

    Reads the declarations only: rules are compiled when a run needs them, not at load.
    """
    checks = {"not_null": Severity.ERROR}
    if table.partition_column:
        checks["inside_window"] = Severity.ERROR
    if table.key:
        checks["unique_key"] = Severity.ERROR
    checks |= dict(check_of(check) for column in table.columns for check in column.checks)
    checks |= {check.name: check.severity for check in table.checks}
    if table.source:
        checks[PARSED] = Severity.WARNING
    return checks


def check_specs(
    table: Table, partitions: dg.PartitionsDefinition | None
) -> list[dg.AssetCheckSpec]:
    """The table's checks as Dagster declares them."""
    conditions = {check.name: f"Each row: `{check.condition}`" for check in table.checks}
    return [
        dg.AssetCheckSpec(
            name,
            asset=table.name,
            description=conditions.get(name) or _MEANING.get(name),
            blocking=severity is Severity.ERROR,
            partitions_def=partitions,
        )
        for name, severity in table_checks(table).items()
    ]


class CheckResults:
    """The results of one run, for all its partitions."""

    def __init__(
        self, table: Table, report: AuditReport, rejected: Mapping[date | None, int]
    ) -> None:
        self._table = table
        self._rejected = rejected
        self._rows = report.rows
        self._by_check: dict[str, list[RuleResult]] = {name: [] for name in table_checks(table)}
        for result in report.results:
            self._by_check[result.rule.check].append(result)

    def of_partitions(
        self, context: dg.AssetExecutionContext, days: Sequence[date], materialized: bool
    ) -> Iterator[dg.AssetCheckEvaluation]:
        """One evaluation a check and partition.

        Dagster stores a plain AssetCheckResult of a range run without a partition, and a
        partition's status then never resolves; so each is yielded by itself, with the
        materialization it judges.
        """
        targets = _materializations(context, self._table.name, days) if materialized else {}
        for day in days:
            for name, severity in table_checks(self._table).items():
                yield dg.AssetCheckEvaluation(
                    asset_key=dg.AssetKey(self._table.name),
                    check_name=name,
                    passed=self._passed(name, day),
                    severity=SEVERITY[severity],
                    metadata=self._metadata(name, day),
                    partition=day.isoformat(),
                    target_materialization_data=targets.get(day),
                )

    def of_run(self) -> Iterator[dg.AssetCheckResult]:
        """One result a check, over all partitions of the run."""
        for name, severity in table_checks(self._table).items():
            yield dg.AssetCheckResult(
                asset_key=self._table.name,
                check_name=name,
                passed=all(self._passed(name, day) for day in self._rows),
                severity=SEVERITY[severity],
                metadata=self._metadata(name, *self._rows),
            )

    def _passed(self, name: str, day: date | None) -> bool:
        if name == PARSED:
            return not self._rejected.get(day)
        return not any(result.failed.get(day) for result in self._by_check[name])

    def _metadata(self, name: str, *days: date | None) -> dict[str, dg.MetadataValue]:
        results = self._by_check[name]
        broken = sum(r.failed.get(day, 0) for r in results for day in days)
        if name == PARSED:
            broken = sum(self._rejected.get(day, 0) for day in days)
        metadata: dict[str, dg.MetadataValue] = {
            "rows": dg.MetadataValue.int(sum(self._rows.get(day, 0) for day in days)),
            "broken": dg.MetadataValue.int(broken),
        }
        failing = [r for r in results if any(r.failed.get(day) for day in days)]
        if failing:
            metadata["sample"] = dg.MetadataValue.md("\n\n".join(map(_sample, failing)))
        return metadata


def _materializations(
    context: dg.AssetExecutionContext, name: str, days: Sequence[date]
) -> dict[date, AssetCheckEvaluationTargetMaterializationData]:
    filters = dg.AssetRecordsFilter(
        asset_key=dg.AssetKey(name), asset_partitions=[day.isoformat() for day in days]
    )
    records = context.instance.fetch_materializations(filters, limit=len(days)).records
    return {
        date.fromisoformat(record.partition_key): AssetCheckEvaluationTargetMaterializationData(
            storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
        )
        for record in records
        if record.partition_key
    }


def _sample(result: RuleResult) -> str:
    title = f"**{result.rule.name}**: {sum(result.failed.values())} rows"
    if not result.sample:
        return title
    columns = list(result.sample[0])
    lines = [
        "| " + " | ".join(columns) + " |",
        "|" + " --- |" * len(columns),
        *("| " + " | ".join(str(row.get(c)) for c in columns) + " |" for row in result.sample),
    ]
    return title + "\n\n" + "\n".join(lines)
