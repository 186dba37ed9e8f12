"""One part of a source: its files of a window read, several small ones in one go."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from duckdb import DuckDBPyConnection
from pyarrow import ArrowException
from pyarrow.parquet import ParquetFile, ParquetSchema

from resources.engines.duckdb_errors import engine_errors
from resources.errors import SourceError, StorageError
from resources.identifiers import text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.delivery import Delivered
from resources.sources.files import FilesSource
from resources.sources.formats.read_job import LoadedFiles, RowCounts
from resources.sources.load_file import load_files
from resources.sources.text_types import TextTypes

# Of small files, what is costly is to begin with each: read together, 16 cost as much as one.
_TOGETHER_BYTES = 64 * 1024 * 1024
_ROW_NUMBERS = {"file_index", "file_row_number"}


@dataclass(frozen=True)
class LoadedPart:
    """Files of one day that were read in one go.

    Attributes:
        files: The delivered files.
        loaded: Their rows, typed.
        columns: The contract's columns that are in the files, in the order of v0, v1, ...
        given: Column -> SQL of its value in each of the files, for those that are in no file.
    """

    files: tuple[Delivered, ...]
    loaded: LoadedFiles
    columns: tuple[ColumnSpec, ...]
    given: Mapping[str, tuple[str, ...]]

    @property
    def counts(self) -> Iterator[tuple[Delivered, RowCounts]]:
        """Each file with its rows."""
        return zip(self.files, self.loaded.counts, strict=True)


class PartLoader:
    """Reads the files of one part of a source.

    Args:
        connection: The engine, keeping the order of rows.
        part: What the table declares.
        columns: The contract's columns without those that say where a row came from.
        landing: The landing root.
        types: How texts become values.
        table_name: For messages.
    """

    def __init__(
        self,
        connection: DuckDBPyConnection,
        part: FilesSource,
        columns: Sequence[ColumnSpec],
        landing: Path,
        types: TextTypes,
        table_name: str,
    ) -> None:
        self._connection = connection
        self._part = part
        given = part.columns_given
        self._columns = tuple(column for column in columns if column.name not in given)
        self._given = tuple(column for column in columns if column.name in given)
        self._landing = landing
        self._types = types
        self._table_name = table_name

    def load(self, files: Sequence[Delivered], folder: Path) -> Iterator[LoadedPart]:
        """Read the files, each of them or each few of them into a folder below `folder`.

        Raises:
            SourceError: If a file cannot be read, lacks a column, or lies in a folder whose name
                is no value of its column.
        """
        for number, together in enumerate(self._batches(files)):
            yield from self._loaded(together, folder / f"{number:06d}")

    def _loaded(self, files: Sequence[Delivered], folder: Path) -> Iterator[LoadedPart]:
        folder.mkdir(parents=True)
        given = {column.name: self._values(column, files) for column in self._given}
        paths = [self._landing / file.path for file in files]
        try:
            with self._reading(files):
                loaded = load_files(
                    self._connection, self._part, paths, self._columns, self._types, folder
                )
        except SourceError:
            if len(files) == 1:
                raise
            # One of them is at fault: alone, it is the one that is named.
            for number, file in enumerate(files):
                yield from self._loaded([file], folder / f"alone-{number:06d}")
            return
        yield LoadedPart(tuple(files), loaded, self._columns, given)

    def _batches(self, files: Sequence[Delivered]) -> Iterator[Sequence[Delivered]]:
        """The files in their order, those together that can be read in one go."""
        if not self._part.is_parquet:
            yield from ([file] for file in files)
            return
        for _, of_day in groupby(files, key=lambda file: file.partition):
            yield from self._same_columns(list(of_day))

    def _same_columns(self, files: Sequence[Delivered]) -> Iterator[Sequence[Delivered]]:
        together: list[Delivered] = []
        columns, size = None, 0
        for file in files:
            found = None
            if len(files) > 1 and file.size < _TOGETHER_BYTES:
                found = _parquet_columns(self._landing / file.path)
            size += file.size
            same = found is not None and columns is not None and found.equals(columns)
            if together and not (same and size <= _TOGETHER_BYTES):
                yield together
                together, size = [], file.size
            together.append(file)
            columns = found
        if together:
            yield together

    def _values(self, column: ColumnSpec, files: Sequence[Delivered]) -> tuple[str, ...]:
        """SQL of the column's value in each file."""
        texts = [file.values[column.name] for file in files]
        typed = {text: self._typed(column, text) for text in set(texts)}
        for file, text in zip(files, texts, strict=True):
            if typed[text] is None:
                raise SourceError(
                    f"{file.path}: {column.name} is {text!r}, which is no {column.type}",
                    "Have the file delivered into another folder, or correct folders= or values= "
                    f"of {self._part.path}.",
                )
        return tuple(f"CAST({text_literal(typed[text] or '')} AS {column.type})" for text in texts)

    def _typed(self, column: ColumnSpec, text: str) -> str | None:
        """The value as the engine writes it; None if the text is no value of the column."""
        typed = self._types.typed("given", column.type)
        found = self._connection.execute(
            f"SELECT CAST({typed} AS VARCHAR) FROM (SELECT ? AS given)", [text]
        )
        return found.fetchall()[0][0]

    @contextmanager
    def _reading(self, files: Sequence[Delivered]) -> Generator[None]:
        """Let failures of the engine and the disk say which file was read for which table."""
        others = f" and {len(files) - 1} more" if len(files) > 1 else ""
        day = files[0].partition
        doing = f"Reading {files[0].path}{others} for {self._table_name}, {day}"
        try:
            with engine_errors(doing):
                yield
        except OSError as error:
            raise StorageError(
                f"{doing}: {error}",
                "Check the landing folder, and the space left where the spill folder is.",
            ) from error


def _parquet_columns(path: Path) -> ParquetSchema | None:
    """The file's columns; None if they cannot be read, or hide the engine's own columns."""
    try:
        with ParquetFile(path) as file:
            names = {name.lower() for name in file.schema_arrow.names}
            return None if names & _ROW_NUMBERS else file.schema
    except (OSError, ArrowException):
        return None
