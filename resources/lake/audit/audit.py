"""Auditing staged files: every rule, in one scan of what statistics cannot prove.

The same scan hashes the rows of partitions that are to be compared with what they replace.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from duckdb import DuckDBPyConnection

from resources.duckdb.errors import engine_errors
from resources.lake.audit.broken_rows import sample_broken_rows
from resources.lake.audit.equal_versions import find_unordered
from resources.lake.audit.expectations import BEYOND_ROWS, ORDERED_VERSIONS, UNIQUE_KEY, all_rules
from resources.lake.audit.guards import broken_guards
from resources.lake.audit.retained_rows import RetainedRows
from resources.lake.audit.row_hashes import RowsByDate, scan_rows
from resources.lake.audit.unique_key import find_duplicates
from resources.lake.model.publication_record import Partition
from resources.lake.model.table_spec import Rule, Severity, TableSpec
from resources.lake.model.window import Window
from resources.lake.storage.storage_errors import storage_errors
from resources.lake.write.column_statistics import proven_rules
from resources.lake.write.staged_rows import Sample, partition_expression, staged_relation
from resources.lake.write.staging import Staged, StagedFile

ByPartition = Mapping[date | None, int]


@dataclass(frozen=True)
class RuleResult:
    """What became of one rule.

    `failed` holds the rows that broke it, for partitions with such rows only; `rows` all rows
    looked at; `sample` at most 5 bad rows, plain Python values by column.
    """

    rule: Rule
    failed: ByPartition
    rows: ByPartition
    sample: Sample

    @property
    def passed(self) -> bool:
        """Whether no row broke the rule."""
        return not self.failed


@dataclass(frozen=True)
class AuditReport:
    """The results of all rules; `rows` has every day of the window, empty ones as 0.

    `hashed` holds the rows by business date of those partitions that were to be hashed and have
    rows.
    """

    results: tuple[RuleResult, ...]
    rows: ByPartition
    seconds: float
    hashed: Mapping[Partition, RowsByDate] = field(default_factory=dict[Partition, RowsByDate])

    @property
    def passed(self) -> bool:
        """Whether nothing that blocks a publish failed."""
        return all(each.passed or each.rule.severity is Severity.WARN for each in self.results)

    def failures(self) -> tuple[RuleResult, ...]:
        """The rules that failed, of any severity."""
        return tuple(each for each in self.results if not each.passed)


def audit(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    staged: Staged,
    window: Window | None,
    retained: RetainedRows | None = None,
    hashed: Collection[Partition] = (),
) -> AuditReport:
    """Judge the staged rows by the table's rules and by those every table has.

    Those are: no null in a column that must not have any ("not_null"), every row inside the
    window ("inside_window"), the key unique within its partition ("unique_key"), in a change log
    an order of the versions of each sequence ("ordered_versions"). With retained rows
    beside the staged ones, the key is unique among all, and guards judge all.

    The rows of the partitions `hashed` are hashed in the same scan.

    Raises:
        EngineError: If a rule is no valid SQL over the table's columns.
        StorageError: If a staged file cannot be read.
    """
    start = time.perf_counter()
    where = spec.where(window)
    rules = all_rules(spec, window)
    with engine_errors(f"Auditing {where}"), storage_errors(spec, window):
        of_rows = [rule for rule in rules if not rule.whole_partition]
        guards = [rule for rule in rules if rule.whole_partition]
        counts = _count(connection, spec, staged, of_rows, hashed)
        failed = dict(counts.failed)
        every_row = {**dict.fromkeys(window or (None,), 0), **counts.rows}
        samples = sample_broken_rows(connection, spec, staged.files, counts.failed)
        failed |= broken_guards(connection, spec, staged.files, guards, every_row, retained)
        if spec.key and staged.files:
            key_rule = next(rule for rule in rules if rule.check == UNIQUE_KEY)
            duplicates = find_duplicates(connection, spec, staged)
            if retained is not None:
                duplicates += retained.repeated_by(connection, staged.files)
            failed[key_rule] = duplicates.rows
            samples[key_rule] = duplicates.sample
        if spec.versions is not None and staged.files:
            version_rule = next(rule for rule in rules if rule.check == ORDERED_VERSIONS)
            unordered = find_unordered(connection, spec, staged)
            failed[version_rule] = unordered.rows
            samples[version_rule] = unordered.sample
    results = tuple(
        RuleResult(rule, failed.get(rule, {}), every_row, samples.get(rule, ())) for rule in rules
    )
    return AuditReport(results, every_row, time.perf_counter() - start, counts.hashed)


@dataclass
class _Counts:
    """Rows by partition; of each broken rule the failing ones; the hashed ones by date."""

    rows: dict[Partition, int] = field(default_factory=dict[Partition, int])
    failed: dict[Rule, ByPartition] = field(default_factory=dict[Rule, ByPartition])
    hashed: dict[Partition, RowsByDate] = field(default_factory=dict[Partition, RowsByDate])


def _count(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    staged: Staged,
    rules: Sequence[Rule],
    hashed: Collection[Partition],
) -> _Counts:
    """Count what breaks each rule, and hash what is to be hashed: each file is read once."""
    by_row = [rule for rule in rules if rule.check not in BEYOND_ROWS]
    proven = proven_rules(connection, spec, by_row, [file.statistics for file in staged.files])
    open_rules = [rule for rule in by_row if rule not in proven]
    counts = _Counts()
    for is_hashed in (False, True):
        files = [file for file in staged.files if (file.partition in hashed) is is_hashed]
        if files:
            _count_files(connection, spec, files, open_rules, is_hashed, counts)
    return counts


def _count_files(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    files: Sequence[StagedFile],
    rules: Sequence[Rule],
    hashed: bool,
    counts: _Counts,
) -> None:
    known = _rows_by_partition(spec, files)
    if not rules and not hashed and known is not None:
        counts.rows |= known
        return
    partition = partition_expression(spec, files)
    broken = [f"NOT ({rule.expression})" for rule in rules]
    found = scan_rows(connection, spec, staged_relation(files), partition, broken, hashed)
    for day, scanned in found.items():
        counts.rows[day] = counts.rows.get(day, 0) + scanned.rows
        if scanned.by_date is not None:
            counts.hashed[day] = scanned.by_date
        for rule, failing in zip(rules, scanned.meeting, strict=True):
            if failing:
                before = counts.failed.get(rule, {})
                counts.failed[rule] = {**before, day: before.get(day, 0) + failing}


def _rows_by_partition(
    spec: TableSpec, files: Sequence[StagedFile]
) -> dict[date | None, int] | None:
    """Rows of each partition as the files say; None if some file's partition is not known."""
    rows: dict[date | None, int] = {}
    for file in files:
        if spec.partition_column is not None and file.partition is None:
            return None
        rows[file.partition] = rows.get(file.partition, 0) + file.rows
    return rows
