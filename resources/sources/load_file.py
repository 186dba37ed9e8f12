"""One delivered file into typed rows on disk."""

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
from resources.sources.parquet_files import ParquetFile, parquet_errors, parquet_file
from resources.sources.quarantine import write_refused
from resources.sources.record_file import write_records
from resources.sources.text_files import PlainText, plain_text
from resources.sources.text_types import TextTypes

# Written once and read once: a third cheaper than DuckDB's default encodings.
_FAST_PARQUET = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw"


@dataclass(frozen=True)
class LoadedFile:
    """Where a file's rows are now, and how many.

    Attributes:
        rows_path: Typed rows, accepted, refused and blank ones, in the order they came.
        refused_path: The refused rows as they came; None: there are none.
        rows: Rows accepted.
        rejected: Rows refused.
        blank: Blank lines.
    """

    rows_path: Path
    refused_path: Path | None
    rows: int
    rejected: int
    blank: int


def load_file(
    connection: DuckDBPyConnection,
    source: FilesSource,
    path: Path,
    columns: Sequence[ColumnSpec],
    types: TextTypes,
    folder: Path,
) -> LoadedFile:
    """Read one file into `folder`.

    Args:
        connection: The engine, keeping the order of rows: line numbers are made from it.
        source: How the file is written.
        path: The delivered file.
        columns: The contract's columns that come from it.
        types: How its texts become values.
        folder: An empty folder; what is not needed later is deleted again.

    Raises:
        SourceError: If the file cannot be read or lacks a column.
    """
    rows_path = folder / "rows.parquet"
    # The engine takes some names for patterns or compressed files; this one it takes as it is.
    local = folder / "delivered"
    if source.format == "parquet":
        local.symlink_to(path.absolute())
        file = parquet_file(connection, local, path, source)
        with parquet_errors(path):
            _write_rows(connection, file.rows_sql(columns, types), rows_path)
            return _counted(connection, rows_path, file, 0, folder)
    text = plain_text(path, local, source)
    try:
        file = csv_file(text, source) if source.format == "csv" else JsonLinesFile(text, source)
        blank = _write_text_rows(connection, file, columns, types, rows_path, folder)
        loaded = _counted(connection, rows_path, text, blank, folder)
        if isinstance(file, JsonLinesFile) and loaded.rows:
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
    origin: PlainText | ParquetFile,
    blank: int,
    folder: Path,
) -> LoadedFile:
    """Count the rows of each kind and set the refused ones aside."""
    total, rejected, blank_rows = connection.execute(
        "SELECT count(*), count(reason), count(*) FILTER (is_blank) "
        f"FROM read_parquet({text_literal(str(rows_path))})"
    ).fetchall()[0]
    refused_path = None
    if rejected:
        refused_path = folder / "refused.parquet"
        write_refused(connection, rows_path, origin, refused_path)
    accepted = total - rejected - blank_rows
    return LoadedFile(rows_path, refused_path, accepted, rejected, blank + blank_rows)


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
