"""Several small text files of one source in one go, as if each had been read alone."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace

from resources.sources.declaration.files_source import FilesSource
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text.closing_lines import rows_above
from resources.sources.formats.text.csv_files import CsvFile, csv_file
from resources.sources.formats.text.joined_text import (
    CannotJoin,
    JoinedText,
    RowLines,
    join_rows,
)
from resources.sources.formats.text.json_lines import JSON_DELIMITER, JsonLinesFile
from resources.sources.formats.text.load_text import is_read, require_keys
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
