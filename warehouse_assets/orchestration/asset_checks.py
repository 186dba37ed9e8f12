"""The checks of a run's rows: declared to Dagster, and evaluated from the audit's report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

from resources.lake.model.table_spec import Severity
from warehouse_assets.modeling.execution.broken_rows import (
    query_for_all,
    query_for_quarantine,
    telling_columns,
)
from warehouse_assets.orchestration.dagster_internals import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)

if TYPE_CHECKING:
    from resources.lake.audit.audit import AuditReport, RuleResult
    from warehouse_assets.modeling.declaration.table import Table

_Days = tuple[date | None, ...]

SEVERITY = {
    Severity.ERROR: dg.AssetCheckSeverity.ERROR,
    Severity.WARN: dg.AssetCheckSeverity.WARN,
}
PARSED = "rows_parsed"
_INSIDE_WINDOW = "inside_window"
_MEANING = {
    PARSED: "Every delivered row or event parsed; those that did not are in the quarantine.",
    "not_null": "No column that must have a value is without one.",
    _INSIDE_WINDOW: "Every row belongs to the partition it was made for.",
    "unique_key": "The key is unique within the partition; without a key it has one row at most.",
    "ordered_versions": "Versions of one key and sequence are equal, or in one file, or in files "
    "whose names first differ in a number: it is evident which one is newer.",
    "valid_values": "Every value is in its declared range, set or pattern.",
    "unusual_values": "Values outside their declared range are counted, and published.",
}


def table_checks(table: Table) -> dict[str, Severity]:
    """Every check of a table by name, in the order the UI shows them.

    Reads the declarations only: rules are compiled when a run needs them, not at load.
    """
    checks = {"not_null": Severity.ERROR}
    if table.partition_column:
        checks[_INSIDE_WINDOW] = Severity.ERROR
    if table.key or table.is_keyless:
        checks["unique_key"] = Severity.ERROR
    if table.bare_spec.versions is not None:
        checks["ordered_versions"] = Severity.ERROR
    of_columns = [check for column in table.columns for check in column.checks]
    checks |= {check.asset_check: check.severity for check in of_columns}
    checks |= {check.name: check.severity for check in table.checks}
    if table.source or table.events:
        checks[PARSED] = Severity.WARN
    return checks


def check_specs(
    table: Table, partitions: dg.PartitionsDefinition | None
) -> list[dg.AssetCheckSpec]:
    """The table's checks as Dagster declares them."""
    of = {True: "The partition", False: "Each row"}
    conditions = {
        check.name: f"{of[check.whole_partition]}: `{check.condition}`" for check in table.checks
    }
    meanings = {**_MEANING, **conditions, **table.materialization.check_meanings}
    return [
        dg.AssetCheckSpec(
            name,
            asset=table.name,
            description=meanings.get(name),
            blocking=severity is Severity.ERROR,
            partitions_def=partitions,
        )
        for name, severity in table_checks(table).items()
    ]


class CheckResults:
    """The results of one run, for all its partitions.

    `read` and `rejected` count what was delivered, by day. `names` are the checks that were
    evaluated; None: all of the table's.
    """

    def __init__(
        self,
        table: Table,
        report: AuditReport,
        read: Mapping[date | None, int],
        rejected: Mapping[date | None, int],
        names: Sequence[str] | None = None,
    ) -> None:
        self._table = table
        checks = table_checks(table)
        self._checks = {name: checks[name] for name in checks if names is None or name in names}
        self._read, self._rejected = read, rejected
        self._rows = report.rows
        self._by_check: dict[str, list[RuleResult]] = {name: [] for name in self._checks}
        for result in report.results:
            self._by_check[result.rule.check].append(result)

    def of_partitions(
        self, context: dg.AssetExecutionContext, days: Sequence[date], materialized: bool
    ) -> Iterator[dg.AssetCheckEvaluation]:
        """One evaluation a check and partition.

        Dagster stores an AssetCheckResult of a range run without a partition, and the partition's
        status then never resolves. Each evaluation names the latest materialization of its
        partition, even if this run failed to replace it: one that names none, or an older one, is
        shown as missing.
        """
        from warehouse_assets.orchestration.instance.event_storage import PooledEventLog

        log = context.instance.event_log_storage
        batches = log if isinstance(log, PooledEventLog) else None
        key = dg.AssetKey(self._table.name)
        if batches is not None:
            targets = batches.latest_materializations(key, [day.isoformat() for day in days])
        else:
            targets = _latest_materializations(context.instance, key, days, materialized)
        for name, severity in self._checks.items():
            evaluations = [self._of_day(name, severity, day, targets.get(str(day))) for day in days]
            passed = [each for each in evaluations if each.passed]
            if batches is None or not passed:
                yield from evaluations
                continue
            yield from (each for each in evaluations if not each.passed)
            yield passed[0]
            batches.store_alike(passed[0], passed[1:])

    def _of_day(
        self, name: str, severity: Severity, day: date, target: Target | None
    ) -> dg.AssetCheckEvaluation:
        # A row outside the window belongs to no partition of the run, so each of them fails.
        judged = tuple(self._rows) if name == _INSIDE_WINDOW else (day,)
        return dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(self._table.name),
            check_name=name,
            passed=self._passed(name, judged),
            description=self._description(name, judged),
            severity=SEVERITY[severity],
            blocking=severity is Severity.ERROR,
            metadata=self._metadata(name, judged, dg.MetadataValue.int),
            partition=day.isoformat(),
            target_materialization_data=target,
        )

    def of_run(self) -> Iterator[dg.AssetCheckResult]:
        """One result a check, over all partitions of the run."""
        days = tuple(self._rows)
        # The UI plots numbers over time, and a sum over days is no point among single days.
        number = dg.MetadataValue.int if len(days) == 1 else _as_text
        for name, severity in self._checks.items():
            yield dg.AssetCheckResult(
                asset_key=self._table.name,
                check_name=name,
                passed=self._passed(name, days),
                description=self._description(name, days),
                severity=SEVERITY[severity],
                metadata=self._metadata(name, days, number),
            )

    def _metadata(
        self, name: str, days: _Days, number: Callable[[int], dg.MetadataValue]
    ) -> dict[str, dg.MetadataValue]:
        rows, broken = self._looked_at(name, days), self._broken(name, days)
        counts = {"rows": number(rows), "broken": number(broken)}
        return counts | self._samples(name, days) | self._query(name, days)

    def _passed(self, name: str, days: _Days) -> bool:
        return self._broken(name, days) == 0

    def _looked_at(self, name: str, days: _Days) -> int:
        # Rows that did not parse are not in the report, and a run may fail before there is one.
        if name == PARSED:
            return sum(self._read.get(day, 0) for day in days)
        return sum(self._rows.get(day, 0) for day in days)

    def _broken(self, name: str, days: _Days) -> int:
        """Broken rows; a row that breaks several rules of the check counts for each."""
        if name == PARSED:
            return sum(self._rejected.get(day, 0) for day in days)
        return sum(_count(result, days) for result in self._by_check[name])

    def _description(self, name: str, days: _Days) -> str | None:
        """How many rows broke the check, column by column; None: none did."""
        if self._passed(name, days):
            return None
        if name == PARSED:
            of = self._looked_at(name, days)
            return f"{self._broken(name, days)} of {of} delivered rows rejected: see quarantine"
        results = self._by_check[name]
        if any(result.rule.whole_partition for result in results):
            wrong = [str(day) for day in days for result in results if result.failed.get(day)]
            return f"not so in {', '.join(wrong)}"
        return "; ".join(
            ("" if result.rule.name == name else f"{result.rule.column or result.rule.name}: ")
            + f"{_count(result, days)} of {self._looked_at(name, days)} rows"
            for result in results
            if _count(result, days)
        )

    def _samples(self, name: str, days: _Days) -> dict[str, dg.MetadataValue]:
        """Rows that broke the check, as one table a column."""
        partition = self._table.partition_column
        rows: dict[str, list[Mapping[str, object]]] = {}
        for result in self._by_check[name]:
            column = None if name == _INSIDE_WINDOW else result.rule.column
            found = [row for row in result.sample if not partition or row.get(partition) in days]
            for row in found:
                table = rows.setdefault(f"sample: {column}" if column else "sample", [])
                telling = telling_columns(self._table, result.rule, row, len(days) == 1)
                table.append({each: row[each] for each in telling})
        return {label: _as_table(of_column) for label, of_column in rows.items()}

    def _query(self, name: str, days: _Days) -> dict[str, dg.MetadataValue]:
        """The query for all broken rows: the sample has five."""
        if self._passed(name, days):
            return {}
        if name == PARSED:
            query = query_for_quarantine(self._table, days)
        else:
            results = [result for result in self._by_check[name] if _count(result, days)]
            affected = [day for day in days if any(each.failed.get(day) for each in results)]
            query = query_for_all(self._table, [each.rule for each in results], affected)
        return {"query for all": dg.MetadataValue.md(f"```sql\n{query}\n```")} if query else {}


def _latest_materializations(
    instance: dg.DagsterInstance, key: dg.AssetKey, days: Sequence[date], materialized: bool
) -> dict[str, Target]:
    """The latest materialization of each partition that has one, by Dagster's own queries."""
    partitions = [day.isoformat() for day in days]
    # Those of the run that has just ended are the latest of all: one query finds them.
    queries = [partitions] if materialized else [[partition] for partition in partitions]
    records = [
        record
        for asked in queries
        for record in instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, asset_partitions=asked), limit=len(asked)
        ).records
    ]
    return {
        record.partition_key: Target(
            storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
        )
        for record in records
        if record.partition_key
    }


def _count(result: RuleResult, days: _Days) -> int:
    return sum(result.failed.get(day, 0) for day in days)


def _as_text(number: int) -> dg.MetadataValue:
    return dg.MetadataValue.text(str(number))


def _as_table(rows: Sequence[Mapping[str, object]]) -> dg.MetadataValue:
    """A table in the UI; values are texts, as a browser's numbers are not exact."""
    shown = [
        {name: None if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    return dg.MetadataValue.table(
        records=[dg.TableRecord(row) for row in shown],
        schema=dg.TableSchema([dg.TableColumn(name) for name in rows[0]]),
    )
