"""Files that are told apart in Python: their records as texts on disk, then typed like all text."""

from __future__ import annotations

from pathlib import Path

from resources.identifiers import text_literal
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.record_file import raw_records, write_records
from resources.sources.formats.record_format import DeliveredFile, RecordFormat, RecordReader
from resources.sources.formats.text_files import text_errors, unpacked
from resources.sources.rows import ONE_FILE, cleaned, typed_rows_sql
from resources.sources.text_readings import text_readings


def load_records(job: ReadJob, record_format: RecordFormat) -> LoadedFiles:
    """Read one file of a format that gives records.

    Raises:
        SourceError: If it is not whole, not of the format, or lacks a column.
    """
    (path,) = job.paths
    local, records_path = job.folder / "delivered", job.folder / "records.parquet"
    try:
        with text_errors(path, job.source.encoding):
            file = DeliveredFile(
                unpacked(path, local), path.absolute(), job.source.encoding, _wanted(job)
            )
            reader = record_format.open(file)
            blank = write_records(records_path, reader.records(), len(reader.names))
        job.write_rows(_rows_sql(job, reader, path, records_path))
        return job.counted(raw_records(records_path, reader.names), blank)
    finally:
        local.unlink(missing_ok=True)
        records_path.unlink(missing_ok=True)


def _wanted(job: ReadJob) -> dict[str, frozenset[str]]:
    wanted: dict[str, frozenset[str]] = {}
    for column in job.columns:
        name = job.source.name_in_file(column.name)
        wanted[name] = wanted.get(name, frozenset()) | {column.type}
    return wanted


def _rows_sql(job: ReadJob, reader: RecordReader, path: Path, records_path: Path) -> str:
    readings = text_readings(job.source, job.columns, reader.names, path, job.types)
    texts = ", ".join(
        f"{cleaned(f'c{at}', job.source)} AS t{at}" for at in range(len(reader.names))
    )
    rows = (
        f"(SELECT {texts}, {ONE_FILE}, problem, false AS is_blank, line_offset, line_count "
        f"FROM read_parquet({text_literal(str(records_path))}))"
    )
    return typed_rows_sql(readings, rows, job.types)
