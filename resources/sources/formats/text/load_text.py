"""Text files into typed rows: by the engine's own parser, or record by record where it cannot.

Several small files of one source are read in one go, as if each had been read alone.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb

from resources.identifiers import text_literal
from resources.sources.declaration.files_source import FilesSource
from resources.sources.formats.control_totals import require_totals
from resources.sources.formats.load_records import write_records
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text.csv_files import CsvFile, csv_file, rows_above
from resources.sources.formats.text.joined_text import (
    CannotJoin,
    JoinedText,
    RowLines,
    join_rows,
)
from resources.sources.formats.text.json_lines import JSON_DELIMITER, JsonLinesFile
from resources.sources.formats.text.text_rows import HEADER_THEN_ROWS, FixedWidthFile
from resources.sources.formats.text_files import PlainText, plain_text

TextFile = CsvFile | FixedWidthFile | JsonLinesFile


def load_text(job: ReadJob) -> LoadedFiles:
    """Read one text file."""
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
    counted = f"SELECT count(*) FROM read_parquet({text_literal(str(job.rows_path))})"
    return job.connection.execute(counted).fetchall()[0][0] == file.lines.count


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
    """Raise SourceError for a column, NULL in every row, that is no key of the first lines."""
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


def can_join(source: FilesSource) -> bool:
    """Whether small files of the source may be read in one go."""
    return source.format in ("csv", "jsonl")


def load_texts(job: ReadJob) -> LoadedFiles:
    """Read several small files of a source that `can_join`.

    Raises:
        CannotJoin: If some of them have to be read alone.
        SourceError: If one is at fault; read alone, it is the one that is named.
    """
    try:
        texts = [
            plain_text(path, job.folder / f"delivered-{number}", job.source)
            for number, path in enumerate(job.paths)
        ]
        file, joined = _joined(job, texts)
        if not is_read(job, file):
            raise CannotJoin
        if isinstance(file, JsonLinesFile):
            require_keys(job, texts)
        return job.counted(texts, [each.blank for each in joined.files])
    except CannotJoin:
        job.rows_path.unlink(missing_ok=True)
        raise
    finally:
        for pattern in ("delivered-*", "above-*", "joined"):
            for path in job.folder.glob(pattern):
                path.unlink()


def _joined(job: ReadJob, texts: Sequence[PlainText]) -> tuple[CsvFile | JsonLinesFile, JoinedText]:
    """The files as one, and what is joined in it."""
    path = job.folder / "joined"
    if job.source.format == "jsonl":
        rows = [RowLines(text, blank=text.blank_end) for text in texts]
        joined = join_rows(rows, path, JSON_DELIMITER)
        return JsonLinesFile(texts[0], job.source, joined), joined
    first = csv_file(texts[0], job.source)
    joined = join_rows(_csv_rows(job, first, texts), path, job.source.delimiter)
    return replace(first, joined=joined), joined


def _csv_rows(
    job: ReadJob, first: CsvFile, texts: Sequence[PlainText]
) -> Iterator[RowLines | None]:
    """The rows of each file; None where its lines have to be told apart, or its header differs."""
    header = _first_line(texts[0])
    usual = first.layout == HEADER_THEN_ROWS and first.header_end == 1 and first.is_plain
    for number, text in enumerate(texts):
        if usual and _first_line(text) == header:
            yield RowLines(text, 1, text.blank_end)
            continue
        file = csv_file(text, job.source)
        if file.names != first.names:
            yield None
        elif file.is_plain:
            yield RowLines(text, file.header_end, text.blank_end)
        else:
            above = rows_above(file, job.folder / f"above-{number}")
            yield (
                RowLines(above.file.text, file.header_end, above.file.text.blank_end + above.blank)
                if above and not above.totals
                else None
            )


def _first_line(text: PlainText) -> bytes:
    with text.path.open("rb") as file:
        return file.readline().removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
