"""Delivered files into typed rows: the one place that knows which format is read by what.

Rows are written to disk, but for Parquet whose types are the contract's or narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.record_format import RecordFormat
from resources.sources.formats.load_records import load_records
from resources.sources.formats.parquet.load_parquet import load_parquet
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text.load_text import load_text
from resources.sources.formats.text.load_texts import load_texts


def load_files(
    connection: DuckDBPyConnection,
    source: FilesSource,
    paths: Sequence[Path],
    columns: Sequence[ColumnSpec],
    types: TextTypes,
    folder: Path,
) -> LoadedFiles:
    """Read files into `folder`: one, several Parquet files of the same columns, or small texts.

    Args:
        connection: The engine, keeping the order of rows: line numbers are made from it.
        source: How the files are written.
        paths: The delivered files.
        columns: The contract's columns that come from them.
        types: How their texts become values.
        folder: An empty folder; what is not needed later is deleted again.

    Raises:
        SourceError: If a file cannot be read or lacks a column.
        CannotJoin: If some of several texts have to be read alone.
    """
    job = ReadJob(connection, source, tuple(paths), columns, types, folder)
    if isinstance(source.format, RecordFormat):
        return load_records(job, source.format)
    if source.is_parquet:
        return load_parquet(job)
    return load_text(job) if len(paths) == 1 else load_texts(job)
