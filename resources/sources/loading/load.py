"""Delivered files of a window, read into typed rows and rejected rows. Nothing is published."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.errors import SourceError
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.files import Source
from resources.sources.declaration.files_source import FilesSource
from resources.sources.delivery.day_folder import Delivered, LeftAlone
from resources.sources.delivery.delivery import changed_since, delivered, listed, settled
from resources.sources.delivery.files_to_read import (
    FileToRead,
    files_to_read,
    require_as_stated,
    require_different,
)
from resources.sources.formats.bank.bank_statements import DeliveredStatement, require_once
from resources.sources.formats.read_job import RowCounts
from resources.sources.landing.regular_files import digests_meanwhile
from resources.sources.loading.load_part import PartLoader
from resources.sources.loading.load_report import Loaded, working_folder
from resources.sources.loading.loaded_part import (
    ORIGIN_COLUMNS,
    LoadedPart,
    accepted_sql,
    rejected_sql,
)

_REASONS_KEPT = 3


def load(
    source: Source,
    connection: DuckDBPyConnection,
    columns: Sequence[ColumnSpec],
    window: Window,
    settings: Settings,
    table_name: str,
) -> Loaded:
    """Read the window's files, in memory that does not grow with them.

    `ORIGIN_COLUMNS` among the columns are filled here. The result's statements run on `connection`.

    Raises:
        InputMissing: If a day was not delivered, or not completely.
        SourceError: If a file cannot be read, lacks a column, or changed while it was read.
    """
    landing = settings.landing_folder
    listings = [listed(part, landing, window) for part in source.parts]
    origin = {column.name for column in ORIGIN_COLUMNS}
    wanted = [column for column in columns if column.name not in origin]
    folder = working_folder(connection, settings)
    try:
        listed_files = [file for listing in listings for file in listing.files]
        parts: list[LoadedPart] = []
        read: list[FileToRead] = []
        left: list[LeftAlone] = []
        with (
            digests_meanwhile([landing / file.path for file in listed_files]) as digests,
            _reading_as_it_is(connection),
        ):
            for number, (part, listing) in enumerate(zip(source.parts, listings, strict=True)):
                place = folder / f"{number:03d}"
                found, others = files_to_read(part, listing, landing, place / "unpacked")
                types = TextTypes(part, settings.time_zone)
                loader = PartLoader(connection, part, wanted, window, types, table_name)
                parts += loader.load(found, place)
                read += found
                left += _by_day(part, others, window)
            content = dict(zip((file.path for file in listed_files), digests(), strict=True))
        as_read = [replace(file, digest=content[file.path]) for file in listed_files]

        def require_unchanged() -> None:
            _require_unchanged(as_read, delivered(source, landing, window), landing, table_name)

        require_unchanged()
        counted = [each for part in parts for each in part.counts]
        rows_of = _rows_of(counted)
        rows_read = [(each, rows_of[each.file.path]) for each in read]
        if not any(part.split for part in source.parts):
            require_as_stated(rows_read)
        require_different(rows_read, content)
        _require_statements_once(parts)
        quarantine_sql = rejected_sql(parts)
        by_day: dict[date, list[RowCounts]] = {day: [] for day in window}
        for _, day, counts in counted:
            by_day[day].append(counts)
        rejected = {day: sum(each.rejected for each in of) for day, of in by_day.items()}
        return Loaded(
            table_name=table_name,
            select_sql=accepted_sql(wanted, parts),
            quarantine_sql=quarantine_sql,
            rows={day: sum(each.rows for each in of) for day, of in by_day.items()},
            rejected=rejected,
            blank={day: sum(each.blank for each in of) for day, of in by_day.items()},
            delivered=tuple(_recorded(as_read, rows_read)),
            tolerance=source.tolerated,
            first_reasons=_first_reasons(connection, quarantine_sql, rejected),
            folder=folder,
            unread=tuple(file for part in parts for file in part.loaded.unread),
            require_unchanged=require_unchanged,
            left=tuple(left),
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _require_statements_once(parts: Sequence[LoadedPart]) -> None:
    """Raise SourceError if the bank statements of a delivery are no sequence of single ones."""
    of_delivery: dict[date, list[DeliveredStatement]] = defaultdict(list)
    for part in parts:
        for file, told in zip(part.files, part.loaded.statements, strict=False):
            of_delivery[file.partition] += (DeliveredStatement(file.path, each) for each in told)
    for statements in of_delivery.values():
        require_once(statements)


def _by_day(part: FilesSource, left: Sequence[LeftAlone], window: Window) -> Iterator[LeftAlone]:
    """What is left alone, under the days of the run that it belongs to."""
    for other in left:
        for day in window if part.split else (other.partition,):
            if part.period_of(day) == other.partition:
                yield replace(other, partition=day)


def _rows_of(counted: Sequence[tuple[Delivered, date, RowCounts]]) -> Counter[str]:
    """Rows of each file, accepted and rejected."""
    rows: Counter[str] = Counter()
    for file, _, counts in counted:
        rows[file.path] += counts.rows + counts.rejected
    return rows


def _recorded(
    as_read: Sequence[Delivered], rows_read: Sequence[tuple[FileToRead, int]]
) -> Iterator[Delivered]:
    """The delivered files with the rows that each held: an archive those of its members."""
    rows: Counter[str] = Counter()
    for each, count in rows_read:
        rows[each.origin.path] += count
    for file in as_read:
        yield settled(replace(file, rows=rows[file.path]))


@contextmanager
def _reading_as_it_is(connection: DuckDBPyConnection) -> Generator[None]:
    """Keep the order of rows, and nothing from before of a file that was delivered again.

    DuckDB 1.5 takes a file that was replaced within a second for the one it has in its cache.
    """
    wanted = {"preserve_insertion_order": True, "enable_external_file_cache": False}
    current = ", ".join(f"current_setting('{name}')" for name in wanted)
    before = dict(zip(wanted, connection.execute(f"SELECT {current}").fetchall()[0], strict=True))
    try:
        _set(connection, wanted)
        yield
    finally:
        _set(connection, before)


def _set(connection: DuckDBPyConnection, options: Mapping[str, bool]) -> None:
    for name, value in options.items():
        connection.execute(f"SET {name} = {value}")


def _require_unchanged(
    before: Sequence[Delivered], after: Sequence[Delivered], landing: Path, table_name: str
) -> None:
    differences = changed_since(before, after, landing)
    if differences:
        raise SourceError(
            f"{table_name}: the delivery changed while it was read: {'; '.join(differences[:5])}",
            "Run again once the sender is done; have it write the marker file last.",
        )


def _first_reasons(
    connection: DuckDBPyConnection, quarantine_sql: str, rejected: Mapping[date, int]
) -> dict[date, tuple[str, ...]]:
    """The first rejected rows of each day that has some, as file:line and reason."""
    first: dict[date, tuple[str, ...]] = {}
    for day in (day for day, count in rejected.items() if count):
        rows = connection.execute(
            f"SELECT source_file || ':' || source_line || ' ' || reason FROM ({quarantine_sql}) "
            f"WHERE dt = DATE '{day}' ORDER BY source_file, source_line LIMIT {_REASONS_KEPT}"
        ).fetchall()
        first[day] = tuple(row[0] for row in rows)
    return first
