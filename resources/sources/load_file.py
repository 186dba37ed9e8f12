"""Delivered files into typed rows: a text file alone, Parquet files also together.

Rows are written to disk, but for Parquet whose types are the contract's or narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.csv_files import CsvFile, csv_file
from resources.sources.files import FilesSource
from resources.sources.json_lines import JsonLinesFile
from resources.sources.parquet_files import (
    ParquetFiles,
    parquet_errors,
    parquet_files,
    rows_in_files,
)
from resources.sources.quarantine import write_refused
from resources.sources.record_file import write_records
from resources.sources.text_files import PlainText, plain_text
from resources.sources.text_types import TextTypes
from resources.sources.unread_files import UnreadFile

# Written once and read once: a third cheaper than DuckDB's default encodings.
_FAST_PARQUET = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw"


@dataclass(frozen=True)
class RowCounts:
    """Rows of one file: accepted, refused, and blank lines, which are neither."""

    rows: int = 0
    rejected: int = 0
    blank: int = 0


@dataclass(frozen=True)
class LoadedFiles:
    """Where the rows of the files read in one go are now, and how many each of them held.

    Attributes:
        relation: FROM item of the typed rows, accepted, refused and blank ones, as typed_rows_sql
            gives them, with file_row_number.
        refused_path: The refused rows as they came; None: there are none.
        counts: In the order of the files.
        unread: Files that only who reads `relation` will read; what is damaged there is not known.
    """

    relation: str
    refused_path: Path | None
    counts: tuple[RowCounts, ...]
    unread: tuple[UnreadFile, ...] = ()


def load_files(
    connection: DuckDBPyConnection,
    source: FilesSource,
    paths: Sequence[Path],
    columns: Sequence[ColumnSpec],
    types: TextTypes,
    folder: Path,
) -> LoadedFiles:
    """Read files into `folder`: one, or several Parquet files of the same columns.

    Args:
        connection: The engine, keeping the order of rows: line numbers are made from it.
        source: How the files are written.
        paths: The delivered files.
        columns: The contract's columns that come from them.
        types: How their texts become values.
        folder: An empty folder; what is not needed later is deleted again.

    Raises:
        SourceError: If a file cannot be read or lacks a column.
    """
    if source.format != "parquet":
        (path,) = paths
        return _load_text(connection, source, path, columns, types, folder)
    # The engine takes some names for patterns or compressed files; these it takes as they are.
    local = [folder / f"delivered-{number}" for number in range(len(paths))]
    for name, path in zip(local, paths, strict=True):
        name.symlink_to(path.absolute())
    files = parquet_files(connection, local, paths[0], source)
    rows = files.rows(columns, types)
    if rows.all_fit:
        return _left_in_place(connection, rows.sql, local, paths)
    rows_path = folder / "rows.parquet"
    with parquet_errors(paths[0]):
        _write_rows(connection, rows.sql, rows_path)
        return _counted(connection, rows_path, files, len(paths), 0, folder)


def _left_in_place(
    connection: DuckDBPyConnection, rows_sql: str, local: Sequence[Path], paths: Sequence[Path]
) -> LoadedFiles:
    """No row can be refused: whoever wants the rows reads the delivered files, once."""
    with parquet_errors(paths[0]):
        counts = rows_in_files(connection, local)
    unread = tuple(UnreadFile(name, path) for name, path in zip(local, paths, strict=True))
    relation = f"(SELECT *, 0 AS file_row_number FROM ({rows_sql}))"
    return LoadedFiles(relation, None, tuple(RowCounts(count) for count in counts), unread)


def _load_text(
    connection: DuckDBPyConnection,
    source: FilesSource,
    path: Path,
    columns: Sequence[ColumnSpec],
    types: TextTypes,
    folder: Path,
) -> LoadedFiles:
    rows_path, local = folder / "rows.parquet", folder / "delivered"
    text = plain_text(path, local, source)
    try:
        file = csv_file(text, source) if source.format == "csv" else JsonLinesFile(text, source)
        blank = _write_text_rows(connection, file, columns, types, rows_path, folder)
        loaded = _counted(connection, rows_path, text, 1, blank, folder)
        if isinstance(file, JsonLinesFile) and loaded.counts[0].rows:
            _require_keys(connection, file, columns, rows_path)
        return loaded
    finally:
        local.unlink(missing_ok=True)


def _write_text_rows(
    connection: DuckDBPyConnection,
    file: CsvFile | JsonLinesFile,
    columns: Sequence[ColumnSpec],
    types: TextTypes,
    rows_path: Path,
    folder: Path,
) -> int:
    """Write the typed rows of a text file; returns its blank lines that are not among them."""
    if not file.text.has_lone_returns:
        try:
            _write_rows(connection, file.rows_sql(columns, types), rows_path)
        except duckdb.InvalidInputException:
            pass  # Not strictly CSV somewhere, or not UTF-8: the slow way says where.
        else:
            if _row_count(connection, rows_path) == file.expected_rows:
                return file.text.blank_end
    records_path = folder / "records.parquet"
    try:
        blank = write_records(records_path, file.records(), file.width)
        sql = file.record_rows_sql(columns, types, str(records_path))
        _write_rows(connection, sql, rows_path)
    finally:
        records_path.unlink(missing_ok=True)
    return blank


def _write_rows(connection: DuckDBPyConnection, rows_sql: str, path: Path) -> None:
    connection.execute(f"COPY ({rows_sql}) TO {text_literal(str(path))} ({_FAST_PARQUET})")


def _row_count(connection: DuckDBPyConnection, path: Path) -> int:
    counted = f"SELECT count(*) FROM read_parquet({text_literal(str(path))})"
    return connection.execute(counted).fetchall()[0][0]


def _counted(
    connection: DuckDBPyConnection,
    rows_path: Path,
    origin: PlainText | ParquetFiles,
    file_count: int,
    blank: int,
    folder: Path,
) -> LoadedFiles:
    """Count each file's rows of each kind and set the refused ones aside."""
    found = connection.execute(
        "SELECT file_number, count(*), count(reason), count(*) FILTER (is_blank) "
        f"FROM read_parquet({text_literal(str(rows_path))}) GROUP BY file_number"
    ).fetchall()
    by_file = {row[0]: row[1:] for row in found}
    counts: list[RowCounts] = []
    for number in range(file_count):
        total, rejected, blank_rows = by_file.get(number, (0, 0, 0))
        counts.append(RowCounts(total - rejected - blank_rows, rejected, blank + blank_rows))
    refused_path = None
    if any(each.rejected for each in counts):
        refused_path = folder / "refused.parquet"
        write_refused(connection, rows_path, origin, refused_path)
    relation = f"read_parquet({text_literal(str(rows_path))}, file_row_number = true)"
    return LoadedFiles(relation, refused_path, tuple(counts))


def _require_keys(
    connection: DuckDBPyConnection,
    file: JsonLinesFile,
    columns: Sequence[ColumnSpec],
    rows_path: Path,
) -> None:
    """JSON has no header: a column that is NULL in every row may be a key that is not there."""
    required = [(at, column) for at, column in enumerate(columns) if not column.nullable]
    if not required:
        return
    counts = connection.execute(
        f"SELECT {', '.join(f'count(v{at})' for at, _ in required)} "
        f"FROM read_parquet({text_literal(str(rows_path))}) WHERE reason IS NULL"
    ).fetchall()[0]
    empty = [column for count, (_, column) in zip(counts, required, strict=True) if not count]
    if empty:
        file.require_columns(empty)
