"""What a publish changes: of each partition, and of each business date in it, whether at all.

Who reads a partition need not be made again when it was published again with the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from resources.duckdb.errors import engine_errors
from resources.errors import EngineError, StorageError
from resources.identifiers import quoted
from resources.lake.audit.row_hashes import (
    HashedRows,
    RowsByDate,
    hash_function,
    made_by,
    scan_rows,
)
from resources.lake.model.publication_record import (
    DatedRows,
    Dates,
    Partition,
    PartitionRecord,
    PublishContext,
)
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.publish.unchanged_runs import repeats
from resources.lake.read.scan import files_sql
from resources.lake.read.scan_plan import PlannedFile, plan_files
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.write.staged_rows import partition_expression, staged_relation
from resources.lake.write.staging import Staged
from resources.lake.write.write_attempts import data_folder


@dataclass(frozen=True)
class DetectedChanges:
    """What a publish leaves as it was, and what tells its rows from others.

    `unchanged`: partitions with the same rows as before, and the publication those are from.
    `dates`: the dates of each partition's rows, for a table with an event time.
    `digests`: of each partition's rows, for a table without one.
    """

    unchanged: Mapping[Partition, str] = field(default_factory=dict[Partition, str])
    dates: Mapping[Partition, Dates] = field(default_factory=dict[Partition, Dates])
    digests: Mapping[Partition, str] = field(default_factory=dict[Partition, str])


@dataclass(frozen=True)
class Replaced:
    """The partitions that a publish replaces, as they are before it.

    `live`: the files of those that are published and can be read. `repeated`: what the record of
    each partition says whose rows are known to be the same without a look at them.
    """

    before: TableSnapshot
    days: tuple[Partition, ...]
    live: Mapping[Partition, tuple[PlannedFile, ...]]
    repeated: Mapping[Partition, PartitionRecord]

    @property
    def to_hash(self) -> frozenset[Partition]:
        """The partitions whose new rows have to be hashed."""
        return frozenset(self.days) - self.repeated.keys()


def replaced_partitions(
    spec: TableSpec,
    staged: Staged,
    window: Window | None,
    before: TableSnapshot,
    context: PublishContext,
) -> Replaced:
    """Look up what the window's partitions are now; no row is read."""
    days: list[Partition] = list(window) if window else [None]
    count = _rows_in_files(staged)
    live = _live_files(before, days)
    repeated: dict[Partition, PartitionRecord] = {}
    for day, files in live.items():
        record = before.partition_record(day)
        if (
            record is not None
            and sum(file.live_rows for file in files) == count.get(day, 0)
            and (spec.event_time is None or record.dates is not None)
            and repeats(before, day, files, context, window)
        ):
            repeated[day] = record
    return Replaced(before, tuple(days), live, repeated)


def hash_staged(
    connection: DuckDBPyConnection, spec: TableSpec, staged: Staged, days: Collection[Partition]
) -> dict[Partition, RowsByDate]:
    """The staged rows of those partitions, hashed in a scan of their own."""
    files = [file for file in staged.files if file.partition in days]
    if not files:
        return {}
    partition = partition_expression(spec, files)
    scanned = scan_rows(connection, spec, staged_relation(files), partition)
    return {day: rows.by_date or {} for day, rows in scanned.items()}


def changes_of_replace(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    replaced: Replaced,
    hashed: Mapping[Partition, RowsByDate],
    publication_id: str,
) -> DetectedChanges:
    """What replacing the window's rows with the hashed ones leaves as it was.

    They are compared with the digests in the publication records. Rows that are replaced are read
    only where a record cannot vouch for them.

    Raises:
        EngineError: If the staged rows cannot be read.
    """
    compared = [day for day in replaced.live if day not in replaced.repeated]
    old = {day: _digests(spec, replaced, day) for day in compared}
    unknown = [day for day in compared if old[day] is None]
    asked = [day for day in unknown if _may_be_same(spec, replaced, day, hashed)]
    read = _read_old_rows(connection, spec, replaced, asked)
    before: dict[Partition, RowsByDate | None] = {**old, **read}
    hashed_alike = [day for day in compared if before[day] == hashed.get(day, {})]
    same = [*replaced.repeated, *hashed_alike]
    unchanged = {day: replaced.before.rows_from[day] for day in same}
    if spec.event_time is None:
        digests = {day: each.digest for day, each in replaced.repeated.items() if each.digest}
        digests |= {day: rows[None].digest for day, rows in hashed.items()}
        return DetectedChanges(unchanged, digests=digests)
    dates: dict[Partition, Dates] = {}
    for day in replaced.days:
        if day in replaced.repeated:
            dates[day] = replaced.repeated[day].dates or {}
        else:
            new, old_rows = hashed.get(day, {}), before.get(day) or {}
            dates[day] = _dated(new, old_rows, _Since(replaced.before, day), publication_id)
    return DetectedChanges(unchanged, dates)


def _may_be_same(
    spec: TableSpec, replaced: Replaced, day: Partition, hashed: Mapping[Partition, RowsByDate]
) -> bool:
    """Whether the old rows can have anything in common with the new ones, by their number."""
    new = sum(rows.count for rows in hashed.get(day, {}).values())
    old = sum(file.live_rows for file in replaced.live[day])
    # Of a table with an event time a part may be the same where the whole is not.
    return old == new or bool(spec.event_time and old and new)


def _digests(spec: TableSpec, replaced: Replaced, day: Partition) -> RowsByDate | None:
    """The old rows of a partition as its record has them; None where they have to be read.

    A record says nothing of files that its publication did not write: those of another program,
    of a merge, or of a compaction. Digests of another engine, or of other columns, are unlike.
    """
    before, record = replaced.before, replaced.before.partition_record(day)
    if before.table is None or record is None:
        return None
    own = f"{data_folder(before.table.location(), before.published[day])}/"
    if any(file.deletes or not file.path.startswith(own) for file in replaced.live[day]):
        return None
    # Readers have seen nulls where a column came back under another field id.
    if before.columns_without_values(before.publications.read(before.published[day])):
        return None
    if spec.event_time is None:
        known = {None: (record.rows, record.digest)} if record.rows else {}
    elif record.dates is None:
        return None
    else:
        known = {at: (dated.rows, dated.digest) for at, dated in record.dates.items()}
    function = hash_function(spec)
    rows: dict[Partition, HashedRows] = {}
    for at, (count, digest) in known.items():
        if digest is None or made_by(digest) != function:
            return None
        rows[at] = HashedRows(count, digest)
    return rows


def _read_old_rows(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    replaced: Replaced,
    days: Sequence[Partition],
) -> dict[Partition, RowsByDate]:
    """The old rows of those days, hashed once more; nothing of what cannot be read."""
    before = replaced.before
    files = [file for day in days for file in replaced.live[day]]
    if not files:
        return {day: {} for day in days}
    # What cannot be read any more is not what comes now: this publish may be there to mend it.
    with suppress(StorageError, EngineError), engine_errors("Reading what is replaced"):
        relation = f"({files_sql(before.table, spec.columns, before, files)})"
        partition = quoted(spec.partition_column) if spec.partition_column else "NULL"
        scanned = scan_rows(connection, spec, relation, partition)
        return {day: scanned[day].by_date or {} if day in scanned else {} for day in days}
    return {}


def changes_of_merge(
    staged: Staged, window: Window | None, before: TableSnapshot, rows_removed: int
) -> DetectedChanges:
    """What a merge leaves as it was: partitions into which nothing came, if nothing went out."""
    if rows_removed:
        return DetectedChanges()
    filled = _rows_in_files(staged)
    days: list[Partition] = list(window) if window else [None]
    same = [day for day in days if day in before.published and day not in filled]
    return DetectedChanges({day: before.rows_from[day] for day in same})


def _live_files(
    before: TableSnapshot, days: Sequence[Partition]
) -> dict[Partition, tuple[PlannedFile, ...]]:
    """The files of those days that are published; none if they cannot be read."""
    published = [day for day in days if day in before.published]
    if before.table is None or not published:
        return {}
    with suppress(StorageError):
        dates = {day for day in published if day is not None}
        live: dict[Partition, list[PlannedFile]] = {day: [] for day in published}
        for file in plan_files(before.table, before, dates or None):
            if file.partition in live:
                live[file.partition].append(file)
        return {day: tuple(files) for day, files in live.items()}
    return {}


def _rows_in_files(staged: Staged) -> dict[Partition, int]:
    rows: dict[Partition, int] = {}
    for file in staged.files:
        rows[file.partition] = rows.get(file.partition, 0) + file.rows
    return rows


class _Since:
    """From which publication on the rows of a date were as they were before this publish."""

    def __init__(self, before: TableSnapshot, partition: Partition) -> None:
        self._whole = before.rows_from.get(partition)
        self._dates = None if self._whole is None else before.dates(partition)

    def of(self, day: Partition) -> str | None:
        if self._dates is None:
            return self._whole
        return self._dates[day].since if day in self._dates else None


def _dated(
    new: RowsByDate, old: RowsByDate, since: _Since, publication_id: str
) -> dict[Partition, DatedRows]:
    dated: dict[Partition, DatedRows] = {}
    for day in sorted(new, key=str):
        earlier = since.of(day) if old.get(day) == new[day] else None
        dated[day] = DatedRows(new[day].count, earlier or publication_id, new[day].digest)
    return dated
