"""Text files into typed rows: by the engine's own parser, or record by record where it cannot."""

from __future__ import annotations

import duckdb

from resources.identifiers import text_literal
from resources.sources.formats.csv_files import CsvFile, csv_file
from resources.sources.formats.json_lines import JsonLinesFile
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.record_file import write_records
from resources.sources.formats.text_files import plain_text


def load_text(job: ReadJob) -> LoadedFiles:
    """Read one file of CSV or of JSON lines.

    Raises:
        SourceError: If it is no text of its encoding, or lacks a column.
    """
    (path,) = job.paths
    local = job.folder / "delivered"
    text = plain_text(path, local, job.source)
    try:
        is_csv = job.source.format == "csv"
        file = csv_file(text, job.source) if is_csv else JsonLinesFile(text, job.source)
        blank = _write_rows(job, file)
        loaded = job.counted(text, blank)
        if isinstance(file, JsonLinesFile) and loaded.counts[0].rows:
            _require_keys(job, file)
        return loaded
    finally:
        local.unlink(missing_ok=True)


def _write_rows(job: ReadJob, file: CsvFile | JsonLinesFile) -> int:
    """Write the typed rows of a text file; returns its blank lines that are not among them."""
    if not file.text.has_lone_returns:
        try:
            job.write_rows(file.rows_sql(job.columns, job.types))
        except duckdb.InvalidInputException:
            pass  # Not strictly CSV somewhere, or not UTF-8: the slow way says where.
        else:
            if job.row_count() == file.expected_rows:
                return file.text.blank_end
    records_path = job.folder / "records.parquet"
    try:
        blank = write_records(records_path, file.records(), file.width)
        job.write_rows(file.record_rows_sql(job.columns, job.types, str(records_path)))
    finally:
        records_path.unlink(missing_ok=True)
    return blank


def _require_keys(job: ReadJob, file: JsonLinesFile) -> None:
    """JSON has no header: a column that is NULL in every row may be a key that is not there."""
    required = [(at, column) for at, column in enumerate(job.columns) if not column.nullable]
    if not required:
        return
    counts = job.connection.execute(
        f"SELECT {', '.join(f'count(v{at})' for at, _ in required)} "
        f"FROM read_parquet({text_literal(str(job.rows_path))}) WHERE reason IS NULL"
    ).fetchall()[0]
    empty = [column for count, (_, column) in zip(counts, required, strict=True) if not count]
    if empty:
        file.require_columns(empty)
