"""Delivered files of a window, read into typed rows and refused rows. Nothing is published."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.engines.duckdb_errors import engine_errors
from resources.errors import SourceError, StorageError
from resources.lake.table_spec import ColumnSpec
from resources.lake.window import Window
from resources.settings import Settings
from resources.sources.delivery import Delivered, changed_since, delivered
from resources.sources.files import FilesSource
from resources.sources.load_file import LoadedFile, load_file
from resources.sources.load_sql import ORIGIN_COLUMNS, accepted_sql, refused_sql
from resources.sources.loaded import Loaded
from resources.sources.text_types import TextTypes

_REASONS_KEPT = 3


def load(
    source: FilesSource,
    connection: DuckDBPyConnection,
    columns: Sequence[ColumnSpec],
    window: Window,
    settings: Settings,
    table_name: str,
) -> Loaded:
    """Read the window's files, in memory that does not grow with them.

    Args:
        source: What the table declares.
        connection: Where the statements of the result will run.
        columns: The contract's columns; `ORIGIN_COLUMNS` among them are filled here.
        window: The days to read.
        settings: Landing folder, business time zone, spill folder.
        table_name: For messages.

    Raises:
        InputMissing: If a day was not delivered, or not completely.
        SourceError: If a file cannot be read, lacks a column, or changed while it was read.
    """
    landing = settings.landing_folder
    files = delivered(source, landing, window)
    origin = {column.name for column in ORIGIN_COLUMNS}
    wanted = [column for column in columns if column.name not in origin]
    types = TextTypes.of(source, settings.time_zone)
    folder = _working_folder(connection, settings)
    folder.mkdir(parents=True)
    try:
        loaded: list[LoadedFile] = []
        with _reading_as_it_is(connection):
            for number, file in enumerate(files):
                with _reading(file, table_name):
                    place = folder / f"{number:06d}"
                    place.mkdir()
                    path = landing / file.path
                    loaded.append(load_file(connection, source, path, wanted, types, place))
        _require_unchanged(files, delivered(source, landing, window), table_name)
        pairs = list(zip(files, loaded, strict=True))
        quarantine_sql = refused_sql(pairs)
        rejected = {day: sum(one.rejected for one in _of(pairs, day)) for day in window}
        return Loaded(
            table_name=table_name,
            select_sql=accepted_sql(wanted, pairs),
            quarantine_sql=quarantine_sql,
            rows={day: sum(one.rows for one in _of(pairs, day)) for day in window},
            rejected=rejected,
            blank={day: sum(one.blank for one in _of(pairs, day)) for day in window},
            delivered=tuple(replace(file, rows=one.rows + one.rejected) for file, one in pairs),
            tolerance=source.tolerance,
            first_reasons=_first_reasons(connection, quarantine_sql, rejected),
            folder=folder,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _reading(file: Delivered, table_name: str) -> Generator[None]:
    """Let failures of the engine and the disk say which file was read for which table."""
    doing = f"Reading {file.path} for {table_name}, {file.partition}"
    try:
        with engine_errors(doing):
            yield
    except OSError as error:
        raise StorageError(
            f"{doing}: {error}",
            "Check the landing folder, and the space left where the spill folder is.",
        ) from error


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


def _working_folder(connection: DuckDBPyConnection, settings: Settings) -> Path:
    """A folder that goes with the engine's own spill folder if this process is killed."""
    setting = "SELECT current_setting('temp_directory')"
    spill = Path(str(connection.execute(setting).fetchall()[0][0])).absolute()
    root = spill if spill.is_relative_to(settings.spill_folder) else settings.spill_folder
    return root / f"source-{uuid.uuid4().hex}"


def _require_unchanged(
    before: Sequence[Delivered], after: Sequence[Delivered], table_name: str
) -> None:
    differences = changed_since(before, after)
    if differences:
        raise SourceError(
            f"{table_name}: the delivery changed while it was read: {'; '.join(differences[:5])}",
            "Run again once the sender is done; have it write the marker file last.",
        )


def _of(pairs: Sequence[tuple[Delivered, LoadedFile]], day: date) -> list[LoadedFile]:
    return [one for file, one in pairs if file.partition == day]


def _first_reasons(
    connection: DuckDBPyConnection, quarantine_sql: str, rejected: Mapping[date, int]
) -> dict[date, tuple[str, ...]]:
    """The first refused rows of each day that has some, as file:line and reason."""
    first: dict[date, tuple[str, ...]] = {}
    for day in (day for day, count in rejected.items() if count):
        rows = connection.execute(
            f"SELECT source_file || ':' || source_line || ' ' || reason FROM ({quarantine_sql}) "
            f"WHERE dt = DATE '{day}' ORDER BY source_file, source_line LIMIT {_REASONS_KEPT}"
        ).fetchall()
        first[day] = tuple(row[0] for row in rows)
    return first
