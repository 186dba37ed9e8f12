"""Several small text files of one source in one go, as if each had been read alone."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

import duckdb

from resources.identifiers import text_literal
from resources.sources.files import FilesSource
from resources.sources.formats.csv_files import CsvFile, csv_file
from resources.sources.formats.joined_text import CannotJoin, JoinedText, join_texts
from resources.sources.formats.json_lines import JSON_DELIMITER, JsonLinesFile
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text_files import PlainText, plain_text
from resources.sources.formats.text_rows import HEADER_THEN_ROWS


def can_join(source: FilesSource) -> bool:
    """Whether small files of the source may be read in one go."""
    if source.format == "jsonl":
        return True
    layout = source.layout or HEADER_THEN_ROWS
    return source.format == "csv" and layout == HEADER_THEN_ROWS and not source.preamble_lines


def load_texts(job: ReadJob) -> LoadedFiles:
    """Read several small files of a source that `can_join`.

    Raises:
        CannotJoin: If some of them have to be read alone.
        SourceError: If one is at fault; read alone, it is the one that is named.
    """
    texts = [
        plain_text(path, job.folder / f"delivered-{number}", job.source)
        for number, path in enumerate(job.paths)
    ]
    path = job.folder / "joined"
    try:
        if job.source.format == "jsonl":
            joined = join_texts(texts, path, b"", JSON_DELIMITER)
            file = JsonLinesFile(texts[0], job.source, joined)
        else:
            file = _csv(job, texts)
            header = _first_line(texts[0])
            joined = join_texts(texts, path, header, job.source.delimiter)
            file = CsvFile(texts[0], job.source, file.names, file.header_end, joined)
        try:
            job.write_rows(file.rows_sql(job.columns, job.types))
        except duckdb.InvalidInputException as error:
            raise CannotJoin(()) from error
        if job.row_count() != joined.expected_rows:
            raise CannotJoin(())
        if isinstance(file, JsonLinesFile):
            _require_keys(job, joined)
        return job.counted(texts)
    finally:
        path.unlink(missing_ok=True)
        for text in texts:
            text.path.unlink(missing_ok=True)


def _csv(job: ReadJob, texts: Sequence[PlainText]) -> CsvFile:
    """The first file, of which the others must have the header."""
    file = csv_file(texts[0], job.source)
    quote = job.source.quote.encode()
    if file.header_end != 1 or not file.is_plain or (quote and quote in _first_line(texts[0])):
        raise CannotJoin([0])
    return file


def _first_line(text: PlainText) -> bytes:
    with text.path.open("rb") as file:
        return file.readline().removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")


def _require_keys(job: ReadJob, joined: JoinedText) -> None:
    """A column that is NULL in every row of a file may be a key that is not there."""
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
            JsonLinesFile(joined.texts[number], job.source).require_columns(empty)
