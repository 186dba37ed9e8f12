"""Records told apart in Python, handed to the engine as a Parquet file, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from resources.sources.csv_records import Record

_BATCH_RECORDS = 20_000
_BATCH_CHARACTERS = 8 * 1024 * 1024


def write_records(path: Path, records: Iterator[Record], width: int) -> int:
    """Write c0, c1, ... (text), problem, line_offset, line_count; one row a record.

    Args:
        path: The Parquet file to write.
        records: In the order of their lines; blank ones, without fields, are left out.
        width: How many fields the others have; those with a problem get NULL fields.

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
    written = blank = 0
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for all_kinds in _batches(records):
            batch = [each for each in all_kinds if each.fields or each.problem]
            blank += sum(each.line_count for each in all_kinds) - sum(
                each.line_count for each in batch
            )
            if not batch:
                continue
            fields = zip(*(nothing if each.problem else each.fields for each in batch), strict=True)
            columns = [
                *(pa.array(column, pa.string()) for column in fields),
                pa.array([each.problem for each in batch], pa.string()),
                pa.array([each.line - written - at for at, each in enumerate(batch)], pa.int64()),
                pa.array([each.line_count for each in batch], pa.int64()),
            ]
            writer.write_table(pa.table(columns, schema=schema))
            written += len(batch)
    return blank


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += sum(map(len, record.fields))
        if len(batch) >= _BATCH_RECORDS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
