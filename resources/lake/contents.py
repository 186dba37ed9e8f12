"""What a publish changes: of each partition, and of each business date in it, whether at all.

Who reads a partition need not be made again when it was published again with the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from resources.engines.duckdb_errors import engine_errors
from resources.errors import EngineError, StorageError
from resources.identifiers import quoted
from resources.lake.pin import Pin
from resources.lake.planned_files import PlannedFile, plan_files
from resources.lake.publication import DatedRows, Partition, PublishContext
from resources.lake.records import Dates, dates_of
from resources.lake.repeated_runs import repeats
from resources.lake.row_hashes import RowsByDate, rows_by_date
from resources.lake.scan import files_sql
from resources.lake.staged_rows import partition_expression, staged_relation
from resources.lake.staging import Staged, StagedFile
from resources.lake.table_spec import TableSpec
from resources.lake.window import Window


@dataclass(frozen=True)
class Contents:
    """What a publish leaves as it was.

    `unchanged`: partitions with the same rows as before, and the publication those are from.
    `dates`: the dates of each partition's rows, for a table with an event time.
    """

    unchanged: Mapping[Partition, str] = field(default_factory=dict[Partition, str])
    dates: Mapping[Partition, Dates] = field(default_factory=dict[Partition, Dates])


def contents_of_replace(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    staged: Staged,
    window: Window | None,
    before: Pin,
    publication_id: str,
    context: PublishContext,
) -> Contents:
    """What replacing the window's rows with the staged ones leaves as it was.

    Rows are compared only where `context` may have made others than there are.

    Raises:
        EngineError: If the staged rows cannot be read.
    """
    days: list[Partition] = list(window) if window else [None]
    count = _rows_in_files(staged)
    live = _live_rows(before, days)
    repeated = {
        day
        for day, rows in live.items()
        if rows.count == count.get(day, 0)
        and (spec.event_time is None or dates_of(before, day) is not None)
        and repeats(before, day, rows.files, context, window)
    }
    compared = [
        day
        for day, rows in live.items()
        if day not in repeated
        # Of a table with an event time a part may be the same where the whole is not.
        and (rows.count == count.get(day, 0) or (spec.event_time and rows.count and count.get(day)))
    ]
    new: dict[Partition, RowsByDate] = {}
    old: dict[Partition, RowsByDate] = {}
    with engine_errors(f"Comparing {spec.namespace}.{spec.name}, {window or 'whole table'}"):
        others = [day for day in days if day not in repeated]
        files = _of(staged, others if spec.event_time else compared)
        if files:
            partition = partition_expression(spec, files)
            new = rows_by_date(connection, spec, staged_relation(files), partition, bool(compared))
    # What cannot be read any more is not what comes now: this publish may be there to mend it.
    with suppress(StorageError, EngineError), engine_errors("Reading what is replaced"):
        rows = [file for day in compared for file in live[day].files]
        if rows:
            relation = f"({files_sql(before.table, spec.columns, before, rows)})"
            partition = quoted(spec.partition_column) if spec.partition_column else "NULL"
            old = rows_by_date(connection, spec, relation, partition, True)
    same = [*repeated, *(day for day in compared if old.get(day, {}) == new.get(day, {}))]
    unchanged = {day: before.contents[day] for day in same}
    if spec.event_time is None:
        return Contents(unchanged)
    return Contents(
        unchanged,
        {
            day: (day in repeated and dates_of(before, day))
            or _dated(new.get(day, {}), old.get(day, {}), _Since(before, day), publication_id)
            for day in days
        },
    )


def contents_of_merge(
    staged: Staged, window: Window | None, before: Pin, rows_removed: int
) -> Contents:
    """What a merge leaves as it was: partitions into which nothing came, if nothing went out."""
    if rows_removed:
        return Contents()
    filled = _rows_in_files(staged)
    days: list[Partition] = list(window) if window else [None]
    same = [day for day in days if day in before.published and day not in filled]
    return Contents({day: before.contents[day] for day in same})


@dataclass(frozen=True)
class _Live:
    files: tuple[PlannedFile, ...]

    @property
    def count(self) -> int:
        return sum(file.live_rows for file in self.files)


def _live_rows(before: Pin, days: Sequence[Partition]) -> dict[Partition, _Live]:
    """The files of those days that are published; none if they cannot be read."""
    published = [day for day in days if day in before.published]
    if before.table is None or not published:
        return {}
    dates = {day for day in published if day is not None}
    with suppress(StorageError):
        files = plan_files(before.table, before, dates or None)
        return {
            day: _Live(tuple(file for file in files if file.partition == day)) for day in published
        }
    return {}


def _rows_in_files(staged: Staged) -> dict[Partition, int]:
    rows: dict[Partition, int] = {}
    for file in staged.files:
        rows[file.partition] = rows.get(file.partition, 0) + file.rows
    return rows


def _of(staged: Staged, days: Sequence[Partition]) -> tuple[StagedFile, ...]:
    return tuple(file for file in staged.files if file.partition in days)


class _Since:
    """From which publication on the rows of a date were as they were before this publish."""

    def __init__(self, before: Pin, partition: Partition) -> None:
        self._whole = before.contents.get(partition)
        self._dates = None if self._whole is None else dates_of(before, partition)

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
        dated[day] = DatedRows(new[day].count, earlier or publication_id)
    return dated
