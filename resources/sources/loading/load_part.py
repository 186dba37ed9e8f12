"""One part of a source: its files of a window read, several small ones in one go."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from pyarrow import ArrowException
from pyarrow.parquet import ParquetFile, ParquetSchema

from resources.duckdb.errors import engine_errors
from resources.errors import EngineError, InputMissing, SourceError, StorageError
from resources.identifiers import text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.formats import RecordFormat
from resources.sources.delivery.files_to_read import FileToRead
from resources.sources.formats.load_records import load_records
from resources.sources.formats.parquet.parquet_files import load_parquet
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text.joined_text import CannotJoin
from resources.sources.formats.text.load_text import can_join, load_text, load_texts
from resources.sources.landing.complete_day import MonthSplit, month_of
from resources.sources.loading.loaded_part import LoadedPart, gathered
from resources.sources.loading.month_rows import MonthSplitter

# Of small files, what is costly is to begin with each: read together, 16 cost as much as one.
_TOGETHER_BYTES = 64 * 1024 * 1024
_TOGETHER_FILES = 512
# Joined texts are copied: as large a copy is read at once, into memory for a moment.
_SMALL_TEXT_BYTES = 256 * 1024
_JOINED_BYTES = 16 * 1024 * 1024
# What the engine holds grows with the columns: of so many, they are what is too much.
_WIDE = 300
_MEBIBYTES_A_COLUMN = 0.5
_ROW_NUMBERS = {"file_index", "file_row_number"}


@dataclass(frozen=True)
class PartLoader:
    """Reads the files of one part of a source, for the days of a window.

    `columns` are the contract's, without those that say where a row came from.
    """

    connection: DuckDBPyConnection
    part: FilesSource
    columns: Sequence[ColumnSpec]
    window: Window
    types: TextTypes
    table_name: str

    @cached_property
    def _columns(self) -> tuple[ColumnSpec, ...]:
        """The columns that are in the files."""
        given = self.part.columns_given
        return tuple(column for column in self.columns if column.name not in given)

    def load(self, files: Sequence[FileToRead], folder: Path) -> Iterator[LoadedPart]:
        """Read the files, each of them or each few of them into a folder below `folder`."""
        split = self.part.split
        parts = (
            part
            for number, together in enumerate(self._batches(files))
            for part in self._loaded(together, folder / f"{number:06d}")
        )
        if split is None:
            yield from gathered(self.connection, parts, folder)
        else:
            yield from (self._by_day(part, split) for part in parts)

    def _loaded(self, files: Sequence[FileToRead], folder: Path) -> Iterator[LoadedPart]:
        folder.mkdir(parents=True)
        names = self.part.columns_given
        given = {
            each.name: self._values(each, files) for each in self.columns if each.name in names
        }
        paths = tuple(file.path for file in files)
        job = ReadJob(self.connection, self.part, paths, self._columns, self.types, folder)
        for each in files:
            each.require_as_listed()
        try:
            with self._reading(files):
                loaded = _read(job)
        except (SourceError, CannotJoin) as error:
            if len(files) == 1:
                raise
            # One of them is at fault: alone, it is the one that is named.
            alone = error.alone if isinstance(error, CannotJoin) else frozenset[int]()
            for number, some in enumerate(_divided(files, alone)):
                yield from self._loaded(some, folder / f"some-{number:06d}")
            return
        yield LoadedPart(tuple(each.file for each in files), loaded, self._columns, given, folder)

    def _by_day(self, part: LoadedPart, split: MonthSplit) -> LoadedPart:
        """The part with each row dealt out to its day."""
        names = [column.name for column in part.columns]
        at = names.index(split.column)
        column = part.columns[at]
        month = month_of(part.files[0].partition)
        splitter = MonthSplitter(
            self.connection,
            column,
            f"v{at}",
            split.day(f"v{at}", column, self.types.business_zone),
            tuple(names),
            month,
            Window(max(month.start, self.window.start), min(month.end, self.window.end)),
        )
        loaded, rows = splitter.split(part.loaded, part.files, part.folder)
        return replace(part, loaded=loaded, month=rows)

    def _batches(self, files: Sequence[FileToRead]) -> Iterator[Sequence[FileToRead]]:
        """The files in their order, those together that can be read in one go."""
        if not self.part.is_parquet:
            yield from _alike(files, _JOINED_BYTES, self._joins)
        elif self.part.split is None:
            yield from self._same_columns(files)
        else:
            for _, of_month in groupby(files, key=lambda each: each.file.partition):
                yield from self._same_columns(list(of_month))

    def _joins(self, each: FileToRead) -> bool | None:
        """True for a text that is read with its neighbours; None: it is read alone."""
        may_join = can_join(self.part) and self.part.split is None
        return True if may_join and each.file.size <= _SMALL_TEXT_BYTES else None

    def _same_columns(self, files: Sequence[FileToRead]) -> Iterator[Sequence[FileToRead]]:
        def columns(each: FileToRead) -> ParquetSchema | None:
            many = len(files) > 1 and each.file.size < _TOGETHER_BYTES
            return _parquet_columns(each.path) if many else None

        yield from _alike(files, _TOGETHER_BYTES, columns)

    def _values(self, column: ColumnSpec, files: Sequence[FileToRead]) -> tuple[str, ...]:
        """SQL of the column's value in each file."""
        texts = [each.file.values[column.name] for each in files]
        typed = {text: self._typed(column, text) for text in set(texts)}
        for each, text in zip(files, texts, strict=True):
            if typed[text] is None:
                raise SourceError(
                    f"{each.file.path}: {column.name} is {text!r}, which is no {column.type}",
                    "Have the file delivered into another folder or under another name, or correct "
                    f"folders=, pattern= or values= of {self.part.path}.",
                )
        return tuple(f"CAST({text_literal(typed[text] or '')} AS {column.type})" for text in texts)

    def _typed(self, column: ColumnSpec, text: str) -> str | None:
        """The value as the engine writes it; None if the text is no value of the column."""
        typed = self.types.typed("given", column.type)
        found = self.connection.execute(
            f"SELECT CAST({typed} AS VARCHAR) FROM (SELECT ? AS given)", [text]
        )
        return found.fetchall()[0][0]

    @contextmanager
    def _reading(self, files: Sequence[FileToRead]) -> Generator[None]:
        """Let failures of the engine and the disk say which file was read for which table."""
        others = f" and {len(files) - 1} more" if len(files) > 1 else ""
        first = files[0].file
        doing = f"Reading {first.path}{others} for {self.table_name}, {first.partition}"
        try:
            with engine_errors(doing, len(self._columns)):
                yield
        except (InputMissing, SourceError) as error:
            # What was unpacked goes by the name of the archive.
            message = error.message
            for each in files:
                if each.origin is not each.file:
                    message = message.replace(str(each.path), each.file.path)
            raise type(error)(message, error.next_step) from error
        except EngineError as error:
            width = len(self._columns)
            if width < _WIDE or not isinstance(error.__cause__, duckdb.OutOfMemoryException):
                raise
            raise EngineError(
                f"{doing}: its {width:,} columns need more memory than the engine has",
                f"Set LEDGERLAKE_MEMORY={width * _MEBIBYTES_A_COLUMN + 256:.0f}MiB or more, or "
                "leave columns that nobody reads out of the contract.",
            ) from error
        except OSError as error:
            raise StorageError(
                f"{doing}: {error}",
                "Check the landing folder, and the space left where the spill folder is.",
            ) from error


def _read(job: ReadJob) -> LoadedFiles:
    """Read one file, several Parquet files of the same columns, or several small texts.

    Rows are written to disk, but for Parquet whose types are the contract's or narrower.
    """
    if isinstance(job.source.format, RecordFormat):
        return load_records(job, job.source.format)
    if job.source.is_parquet:
        return load_parquet(job)
    return load_text(job) if len(job.paths) == 1 else load_texts(job)


def _alike(
    files: Sequence[FileToRead], most_bytes: int, kind: Callable[[FileToRead], object]
) -> Iterator[Sequence[FileToRead]]:
    """Files of one kind that follow one another, up to so many bytes; one without a kind alone."""
    together: list[FileToRead] = []
    last, size = None, 0
    for each in files:
        found = kind(each)
        size += each.file.size
        # pyarrow's columns stop the process where they are compared with None.
        same = found is not None and last is not None and found == last
        fits = size <= most_bytes and len(together) < _TOGETHER_FILES
        if together and not (same and fits):
            yield together
            together, size = [], each.file.size
        together.append(each)
        last = found
    if together:
        yield together


def _divided(files: Sequence[FileToRead], alone: Set[int]) -> Iterator[Sequence[FileToRead]]:
    """The files in smaller groups, in their order: those of `alone` by themselves, or halves."""
    if not alone:
        half = len(files) // 2
        yield from (files[:half], files[half:])
        return
    numbered = enumerate(files)
    for is_alone, group in groupby(numbered, key=lambda each: each[0] in alone):
        found = [file for _, file in group]
        yield from ([file] for file in found) if is_alone else [found]


def _parquet_columns(path: Path) -> ParquetSchema | None:
    """The file's columns; None if they cannot be read, or hide the engine's own columns."""
    try:
        with ParquetFile(path) as file:
            names = {name.lower() for name in file.schema_arrow.names}
            return None if names & _ROW_NUMBERS else file.schema
    except (OSError, ArrowException, UnicodeDecodeError):
        return None
