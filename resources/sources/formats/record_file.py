"""Records told apart in Python, handed to the engine as a Parquet file, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from resources.identifiers import text_literal
from resources.sources.declaration.record import Record
from resources.sources.formats.quarantine import RawRows

_BATCH_RECORDS = 5_000
_BATCH_CHARACTERS = 8 * 1024 * 1024


def write_records(path: Path, records: Iterator[Record], width: int) -> int:
    """Write c0, c1, ... (text), problem, line_offset, line_count; one row a record.

    Args:
        path: The Parquet file to write.
        records: In the order of their lines; blank ones, without fields, are left out.
        width: How many fields the others have; those with a problem may
            have none and get NULL fields.

    Returns:
        How many blank lines were left out.
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
