"""Text files into typed rows: by the engine's own parser, or record by record where it cannot."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from resources.identifiers import text_literal
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.record_file import write_records
from resources.sources.formats.text.closing_lines import rows_above
from resources.sources.formats.text.control_totals import require_totals
from resources.sources.formats.text.csv_files import CsvFile, csv_file
from resources.sources.formats.text.fixed_width import FixedWidthFile
from resources.sources.formats.text.json_lines import JsonLinesFile
from resources.sources.formats.text_files import PlainText, plain_text

TextFile = CsvFile | FixedWidthFile | JsonLinesFile


def load_text(job: ReadJob) -> LoadedFiles:
    """Read one text file.

    Raises:
        SourceError: If it is no text of its encoding, lacks a column, or is not whole: cut, or
            its own totals do not agree.
    """
    (path,) = job.paths
    local = job.folder / "delivered"
    text = plain_text(path, local, job.source)
    try:
        file = _opened(job, text)
        blank = _write_by_engine(job, file)
        if blank is None:
            blank = _write_records(job, file)
            if not isinstance(file, JsonLinesFile):
                require_totals(job, file.roles.totals, text.origin)
        if isinstance(file, JsonLinesFile):
            require_keys(job, [text])
        return job.counted([text], [blank])
    finally:
        local.unlink(missing_ok=True)


def _opened(job: ReadJob, text: PlainText) -> TextFile:
    if job.source.format == "csv":
        return csv_file(text, job.source)
    if job.source.format == "fixed_width":
        return FixedWidthFile(text, job.source, job.columns)
    return JsonLinesFile(text, job.source)


def _write_by_engine(job: ReadJob, file: TextFile) -> int | None:
    """Write typed rows by the engine's parser, where all lines below the header are rows.

    Returns:
        Blank lines that are not among the rows; None: the records have to be told apart.
    """
    if isinstance(file, FixedWidthFile):
        return None
    if file.is_plain:
        return file.text.blank_end if is_read(job, file) else None
    above = rows_above(file, job.folder / "rows_above") if isinstance(file, CsvFile) else None
    if above is None:
        return None
    try:
        if not is_read(job, above.file):
            return None
    finally:
        above.file.text.path.unlink()
    require_totals(job, above.totals, file.text.origin)
    return above.file.text.blank_end + above.blank


def is_read(job: ReadJob, file: CsvFile | JsonLinesFile) -> bool:
    """Whether the engine's parser took each line for a row."""
    try:
        job.write_rows(file.rows_sql(job.columns, job.types))
    except duckdb.InvalidInputException:
        return False  # Not strictly CSV somewhere, or not UTF-8: the slow way says where.
    return job.row_count() == file.expected_rows


def _write_records(job: ReadJob, file: TextFile) -> int:
    """Write typed rows of the records told apart; returns the blank lines not among them."""
    records_path = job.folder / "records.parquet"
    try:
        blank = write_records(records_path, file.records(), file.width)
        job.write_rows(file.record_rows_sql(job.columns, job.types, str(records_path)))
    finally:
        records_path.unlink(missing_ok=True)
    return blank


def require_keys(job: ReadJob, texts: Sequence[PlainText]) -> None:
    """JSON has no header: a column that is NULL in every row of a file may be no key there.

    Raises:
        SourceError: If it is none in its first thousand lines, and may not be NULL.
    """
    if not job.columns:
        return
    counted = ", ".join(f"count(v{at})" for at in range(len(job.columns)))
    found = job.connection.execute(
        f"SELECT file_number, {counted} FROM read_parquet({text_literal(str(job.rows_path))}) "
        "GROUP BY file_number ORDER BY file_number"
    ).fetchall()
    for number, *counts in found:
        empty = [column for count, column in zip(counts, job.columns, strict=True) if not count]
        if empty:
            JsonLinesFile(texts[number], job.source).require_columns(empty)
