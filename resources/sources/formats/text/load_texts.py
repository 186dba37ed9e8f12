"""Several small text files of one source in one go, as if each had been read alone."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

import duckdb

from resources.identifiers import text_literal
from resources.sources.declaration.files_source import FilesSource
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text.closing_lines import rows_above
from resources.sources.formats.text.csv_files import CsvFile, csv_file
from resources.sources.formats.text.joined_text import CannotJoin, RowLines, join_rows
from resources.sources.formats.text.json_lines import JSON_DELIMITER, JsonLinesFile
from resources.sources.formats.text.text_rows import HEADER_THEN_ROWS
from resources.sources.formats.text_files import PlainText, plain_text


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
        file = _joined(job, texts)
        assert file.joined is not None
        try:
            job.write_rows(file.rows_sql(job.columns, job.types))
        except duckdb.InvalidInputException as error:
            raise CannotJoin from error
        if job.row_count() != file.joined.expected_rows:
            raise CannotJoin
        if isinstance(file, JsonLinesFile):
            _require_keys(job, texts)
        return job.counted(texts, [each.blank for each in file.joined.files])
    except CannotJoin:
        job.rows_path.unlink(missing_ok=True)
        raise
    finally:
        for pattern in ("delivered-*", "above-*", "joined"):
            for path in job.folder.glob(pattern):
                path.unlink()


def _joined(job: ReadJob, texts: Sequence[PlainText]) -> CsvFile | JsonLinesFile:
    """The first file, and all of them joined."""
    path = job.folder / "joined"
    if job.source.format == "jsonl":
        rows = [RowLines(text, blank=text.blank_end) for text in texts]
        return JsonLinesFile(texts[0], job.source, join_rows(rows, path, JSON_DELIMITER))
    first = csv_file(texts[0], job.source)
    joined = join_rows(_csv_rows(job, first, texts), path, job.source.delimiter)
    return CsvFile(texts[0], job.source, first.names, first.header_end, joined)


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


def _require_keys(job: ReadJob, texts: Sequence[PlainText]) -> None:
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
            JsonLinesFile(texts[number], job.source).require_columns(empty)
