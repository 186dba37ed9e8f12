"""Parquet: typed already; left in place where no row can be rejected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from duckdb import DuckDBPyConnection
from pyarrow import ArrowException

from resources.errors import SourceError
from resources.identifiers import quoted, text_list, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.rows import Reading, cleaned, typed_rows_sql
from resources.sources.conversion.text_readings import matched_columns
from resources.sources.conversion.text_types import TIMESTAMP_TYPE, TextTypes
from resources.sources.declaration.files_source import FilesSource
from resources.sources.formats.parquet.pages import check_whole, damaged, parquet_errors
from resources.sources.formats.parquet.statistics import check_statistics, proven_columns
from resources.sources.formats.parquet.values import (
    INT96,
    ParquetValues,
    has_parts_of_microseconds,
    widens,
)
from resources.sources.formats.quarantine import RawRows
from resources.sources.formats.read_job import LoadedFiles, ReadJob, RowCounts, UnreadFile

# Columns of which the engine cuts off nanoseconds, and how they are stored.
_TIMES = """
    SELECT name, type FROM parquet_schema(?)
    WHERE type = 'INT96' OR logical_type LIKE 'TimestampType(isAdjustedToUTC=1%NANOS=Nano%'
"""

_ELEMENTS = "SELECT name, num_children FROM parquet_schema(?)"
# How the engine calls the second column of a name.
_NUMBERED = re.compile(r".*_\d+", re.DOTALL)


@dataclass(frozen=True)
class ParquetFiles:
    """Parquet files of the same columns that are read in one go.

    Attributes:
        paths: Under which names to read them.
        origin: The first of the delivered files, for messages.
        columns: Each column's name and its type, as DuckDB spells it, or INT96.
        cut_times: Columns whose nanoseconds the engine cuts off.
    """

    paths: tuple[Path, ...]
    origin: Path
    source: FilesSource
    columns: tuple[tuple[str, str], ...]
    cut_times: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """FROM item of the files: their columns, and file_row_number from 0 in each file."""
        return _relation(self.paths)

    @property
    def file_number(self) -> str:
        """SQL of the number of a row's file, from 0."""
        # A file that is read alone may well have a column of that name.
        return "CAST(file_index AS BIGINT)" if len(self.paths) > 1 else "CAST(0 AS BIGINT)"

    @property
    def raw_rows(self) -> RawRows:
        """The rows as JSON."""
        pairs = ", ".join(
            f"{text_literal(name)}: "
            + (f"CAST({quoted(name)} AS VARCHAR)" if kind == "BLOB" else quoted(name))
            for name, kind in self.columns
        )
        return RawRows(
            f"SELECT {self.file_number} AS file_number, file_row_number + 1 AS source_line, "
            f"CAST(to_json({{{pairs}}}) AS VARCHAR) AS raw FROM {self.relation}"
        )

    def rows(
        self, connection: DuckDBPyConnection, columns: Sequence[ColumnSpec], types: TextTypes
    ) -> tuple[str, bool]:
        """SQL of typed rows, and whether it is certain that none is rejected."""
        names = [name for name, _ in self.columns]
        positions = matched_columns(self.source, columns, names, self.origin)
        proven = self._proven(connection, columns, positions, types)
        readings: list[Reading] = []
        for column in columns:
            at = positions.get(column.name)
            if at is None:
                readings.append(Reading.missing(column))
            else:
                reading = self._reading(column, f"t{at}", self.columns[at][1], types)
                readings.append(replace(reading, proven=column.name in proven))
        given = ", ".join(
            f"{cleaned(quoted(name), self.source) if kind == 'VARCHAR' else quoted(name)} AS t{at}"
            for at, (name, kind) in enumerate(self.columns)
            if at in positions.values()
        )
        facts = (
            f"NULL AS problem, false AS is_blank, {self.file_number} AS file_number, "
            "file_row_number + 1 AS source_line, 0 AS line_offset, 1 AS line_count"
        )
        sql = typed_rows_sql(readings, f"(SELECT {given}, {facts} FROM {self.relation})", types)
        return sql, all(each.always_fits for each in readings)

    def _proven(
        self,
        connection: DuckDBPyConnection,
        columns: Sequence[ColumnSpec],
        positions: Mapping[str, int],
        types: TextTypes,
    ) -> frozenset[str]:
        """The columns that are taken as they are, and of which the footers prove the rest."""
        delivered = [
            (*self.columns[positions[column.name]], column)
            for column in columns
            if column.name in positions
        ]
        same = [
            (name, column) for name, kind, column in delivered if self._is_taken(name, kind, column)
        ]
        with parquet_errors(self.origin):
            return proven_columns(connection, self.paths, same, types)

    def _is_taken(self, name: str, kind: str, column: ColumnSpec) -> bool:
        """Whether each value of a column is taken as it is, but for what the contract forbids."""
        if kind == "VARCHAR" and cleaned(quoted(name), self.source) != quoted(name):
            return False
        return kind == column.type or widens(kind, column.type)

    def _reading(self, column: ColumnSpec, given: str, kind: str, types: TextTypes) -> Reading:
        found = ParquetValues(types, self.source.parquet).reading(column, given, kind)
        if found is None:
            raise SourceError(
                f"{self.origin}: column {self.source.name_in_file(column.name)!r} is {kind}, which "
                f"cannot become {column.type} ({column.name})",
                "Have it delivered as the contract says, or correct the contract.",
            )
        return found

    def check_nanoseconds(self, columns: Sequence[ColumnSpec]) -> None:
        """Raise SourceError if the engine would cut parts of a microsecond that may not be cut."""
        wanted = {self.source.name_in_file(column.name) for column in columns}
        cut = [name for name in self.cut_times if name in wanted]
        if not cut or self.source.parquet.nanoseconds == "cut":
            return
        for path in self.paths:
            try:
                found = has_parts_of_microseconds(path, cut)
            except (ArrowException, OSError) as error:
                raise damaged(self.origin, str(error)) from error
            if found:
                raise SourceError(
                    f"{self.origin}: {', '.join(cut)} holds parts of a microsecond, which a "
                    "timestamp of the lake does not",
                    "Have them delivered in microseconds, or declare "
                    'format=parquet(nanoseconds="cut").',
                )


def parquet_files(
    connection: DuckDBPyConnection, paths: Sequence[Path], origin: Path, source: FilesSource
) -> ParquetFiles:
    """Read the columns from the footer of the first file, all under names that are no patterns."""
    described = f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {_relation(paths[:1])}"
    with parquet_errors(origin):
        rows = connection.execute(described).fetchall()
        stored = dict(connection.execute(_TIMES, [str(paths[0])]).fetchall())
    source.limits.check_columns(len(rows), origin)
    _require_unlike(connection, paths[0], [str(name) for name, *_ in rows], origin)
    columns = tuple(
        (str(name), INT96 if stored.get(name) == INT96 and kind == "TIMESTAMP" else str(kind))
        for name, kind, *_ in rows
    )
    cut = [name for name, kind in columns if name in stored and kind in (INT96, TIMESTAMP_TYPE)]
    return ParquetFiles(tuple(paths), origin, source, columns, tuple(cut))


def _require_unlike(
    connection: DuckDBPyConnection, path: Path, names: Sequence[str], origin: Path
) -> None:
    """Raise SourceError if column names differ in capitals only: the engine numbers such names."""
    if not any(_NUMBERED.fullmatch(name) for name in names):
        return
    with parquet_errors(origin):
        stored = connection.execute(_ELEMENTS, [str(path)]).fetchall()
    found: dict[str, str] = {}
    inside = 0
    for name, children in stored[1:]:
        if inside:
            inside += (children or 0) - 1
            continue
        inside = children or 0
        if name.casefold() in found:
            other = found[name.casefold()]
            raise SourceError(
                f"{origin}: columns {other!r} and {name!r} have one name",
                "Have one of them renamed, and the file delivered again.",
            )
        found[name.casefold()] = name


def _relation(paths: Sequence[Path]) -> str:
    names = text_list(map(str, paths))
    return f"read_parquet({names}, file_row_number = true, hive_partitioning = false)"


def load_parquet(job: ReadJob) -> LoadedFiles:
    """Read Parquet files of the same columns. Raises SourceError if one is damaged."""
    to_compare = [check_whole(path) for path in job.paths]
    # The engine takes some names for patterns or compressed files; these it takes as they are.
    local = [job.folder / f"delivered-{number}" for number in range(len(job.paths))]
    for name, path in zip(local, job.paths, strict=True):
        name.symlink_to(path.absolute())
    files = parquet_files(job.connection, local, job.paths[0], job.source)
    with parquet_errors(job.paths[0]):
        files.check_nanoseconds(job.columns)
    wanted = {job.source.name_in_file(column.name) for column in job.columns}
    compared = [each for each in files.columns if each[0] in wanted]
    for name, path, is_compared in zip(local, job.paths, to_compare, strict=True):
        if is_compared:
            with parquet_errors(path):
                check_statistics(job.connection, name, compared)
    rows_sql, all_fit = files.rows(job.connection, job.columns, job.types)
    if all_fit:
        return _left_in_place(job, rows_sql, local)
    with parquet_errors(job.paths[0]):
        job.write_rows(rows_sql)
        return job.counted(files.raw_rows)


def _left_in_place(job: ReadJob, rows_sql: str, local: Sequence[Path]) -> LoadedFiles:
    """No row can be rejected: whoever wants the rows reads the delivered files, once."""
    counted = "SELECT file_name, num_rows FROM parquet_file_metadata(?)"
    with parquet_errors(job.paths[0]):
        found = dict(job.connection.execute(counted, [list(map(str, local))]).fetchall())
    unread = tuple(UnreadFile(name, path) for name, path in zip(local, job.paths, strict=True))
    relation = f"(SELECT *, 0 AS file_row_number FROM ({rows_sql}))"
    return LoadedFiles(relation, None, tuple(RowCounts(found[str(name)]) for name in local), unread)
