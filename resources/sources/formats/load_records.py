"""Files that are told apart in Python: their records as texts on disk, then typed like all text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from resources.identifiers import text_literal
from resources.sources.conversion.rows import ONE_FILE, cleaned, typed_rows_sql
from resources.sources.conversion.text_readings import field_position, text_readings
from resources.sources.declaration.column_origins import Field, fields_in_rows
from resources.sources.declaration.formats import (
    DeliveredFile,
    NumberText,
    Record,
    RecordFormat,
    RecordReader,
)
from resources.sources.formats.bank.bank_statements import BankStatement
from resources.sources.formats.control_totals import FoundTotal, require_totals
from resources.sources.formats.quarantine import RawRows
from resources.sources.formats.read_job import LoadedFiles, ReadJob
from resources.sources.formats.text_files import text_errors, unpacked

_BATCH_RECORDS = 5_000
_BATCH_CHARACTERS = 8 * 1024 * 1024


def write_records(path: Path, records: Iterator[Record], width: int) -> int:
    """Write c0, c1, ... (text), problem, line_offset, line_count; one row a record.

    Records have `width` fields, or none and a problem. Returns how many blank lines, which have
    neither, were left out.
    """
    names = [f"c{at}" for at in range(width)]
    schema = pa.schema(
        [
            *((name, pa.string()) for name in names),
            ("problem", pa.string()),
            ("line_offset", pa.int64()),
            ("line_count", pa.int64()),
        ]
    )
    nothing = (None,) * width
    written = blank = characters = 0
    fields: list[Sequence[str | None]] = []
    facts: list[tuple[str | None, int, int]] = []

    def write_batch(writer: pq.ParquetWriter) -> None:
        columns = (*zip(*fields, strict=True), *zip(*facts, strict=True))
        writer.write_batch(
            pa.record_batch(
                [pa.array(values, each.type) for values, each in zip(columns, schema, strict=True)],
                schema=schema,
            )
        )
        fields.clear()
        facts.clear()

    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer:
        for record in records:
            if not record.fields and not record.problem:
                blank += record.line_count
                continue
            facts.append((record.problem, record.line - written, record.line_count))
            fields.append(record.fields or nothing)
            written += 1
            characters += sum(len(field) for field in record.fields if field)
            if len(fields) >= _BATCH_RECORDS or characters >= _BATCH_CHARACTERS:
                write_batch(writer)
                characters = 0
        if fields:
            write_batch(writer)
    return blank


def raw_records(path: Path, names: Sequence[str]) -> RawRows:
    """The records in the Parquet file `path` as JSON objects with the file's own names."""
    pairs = ", ".join(f"{text_literal(name)}, c{at}" for at, name in enumerate(names))
    return RawRows(
        "SELECT 0 AS file_number, file_row_number + line_offset AS source_line, "
        f"CAST(json_object({pairs}) AS VARCHAR) AS raw "
        f"FROM read_parquet({text_literal(str(path))}, file_row_number = true)"
    )


def load_records(job: ReadJob, record_format: RecordFormat) -> LoadedFiles:
    """Read one file of a format that gives records."""
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
        totals: Sequence[FoundTotal] = getattr(reader, "totals", ())
        require_totals(job, totals, path)
        loaded = job.counted(raw_records(records_path, reader.names), [blank])
        statements: Sequence[BankStatement] = getattr(reader, "statements", ())
        return replace(loaded, statements=(tuple(statements),))
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
