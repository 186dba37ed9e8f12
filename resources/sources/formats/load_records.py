"""Files that are told apart in Python: their records as texts on disk, then typed like all text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from resources.identifiers import text_literal
from resources.sources.conversion.header import field_position
from resources.sources.conversion.rows import ONE_FILE, cleaned, typed_rows_sql
from resources.sources.conversion.text_readings import text_readings
from resources.sources.declaration.column_origins import Field, fields_in_rows
from resources.sources.declaration.record import NumberText, Record
from resources.sources.declaration.record_format import DeliveredFile, RecordFormat, RecordReader
from resources.sources.formats.bank.bank_statements import TellsStatements
from resources.sources.formats.found_totals import TellsTotals
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.record_file import raw_records, write_records
from resources.sources.formats.text.control_totals import require_totals
from resources.sources.formats.text_files import text_errors, unpacked


def load_records(job: ReadJob, record_format: RecordFormat) -> LoadedFiles:
    """Read one file of a format that gives records.

    Raises:
        SourceError: If it is not whole, not of the format, or lacks a column.
    """
    (path,) = job.paths
    local, records_path = job.folder / "delivered", job.folder / "records.parquet"
    try:
        with text_errors(path, job.source.encoding):
            reader = record_format.open(
                DeliveredFile(
                    path=unpacked(path, local, job.source.limits),
                    origin=path.absolute(),
                    encoding=job.source.encoding,
                    wanted=_wanted(job),
                    limits=job.source.limits,
                )
            )
            job.source.limits.check_columns(len(reader.names), path)
            blank = write_records(records_path, _records(job, reader), len(reader.names))
        job.write_rows(_rows_sql(job, reader, path, records_path))
        if isinstance(reader, TellsTotals):
            require_totals(job, reader.totals, path)
        loaded = job.counted(raw_records(records_path, reader.names), [blank])
        if isinstance(reader, TellsStatements):
            return replace(loaded, statements=(tuple(reader.statements),))
        return loaded
    finally:
        local.unlink(missing_ok=True)
        records_path.unlink(missing_ok=True)


def _wanted(job: ReadJob) -> dict[str | int, frozenset[str]]:
    """The fields that columns are made of, and those that tell how numbers are meant."""
    wanted: dict[str | int, frozenset[str]] = {}
    for column in job.columns:
        number = job.types.number(column.name, column.type)
        own = fields_in_rows(job.source.origin_of(column.name))
        for field in (*own, *(number.number.fields_beside if number else ())):
            assert isinstance(field, Field)
            key = field.position or field.name or ""
            types = {column.type} if field in own else set[str]()
            wanted[key] = wanted.get(key, frozenset()) | types
    return wanted


def _records(job: ReadJob, reader: RecordReader) -> Iterator[Record]:
    """The records, numbers of the format's own spelled as the columns' texts are declared."""
    marks = dict(_decimal_marks(job, reader.names))
    for record in reader.records():
        if any(isinstance(field, NumberText) for field in record.fields):
            spelled = list(record.fields)
            for at, mark in marks.items():
                field = spelled[at]
                if isinstance(field, NumberText):
                    spelled[at] = _spelled(field, mark)
            yield record._replace(fields=spelled)
        else:
            yield record


def _decimal_marks(job: ReadJob, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The decimal mark of each field that numbers are read from."""
    for column in job.columns:
        if column.column_type.scale is None:
            continue
        number = job.types.number(column.name, column.type)
        for field in fields_in_rows(job.source.origin_of(column.name)):
            at = field_position(field, names, job.paths[0]) if isinstance(field, Field) else None
            if at is not None:
                yield at, number.number.decimal_mark or "." if number else "."


def _spelled(number: NumberText, mark: str) -> str:
    whole, point, fraction = number.partition(".")
    if len(fraction) == 3:
        # Three decimals might be thousands in a text; four cannot.
        fraction += "0"
    return f"{whole}{mark if point else ''}{fraction}"


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
