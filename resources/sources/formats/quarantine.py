"""The quarantine: delivered rows that did not parse, why, and as they came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from resources.identifiers import checked_identifier, text_literal
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.sources.conversion.rows import LINE
from resources.sources.formats.text_files import PlainText

QUARANTINE_COLUMNS = (
    ColumnSpec("dt", "DATE", "Business date of the delivery"),
    ColumnSpec("source_file", "VARCHAR", "Delivered file, below the landing root"),
    ColumnSpec("source_line", "BIGINT", "Line on which the row starts, from 1"),
    ColumnSpec("reason", "VARCHAR", "Why the row was rejected: column, text, type"),
    ColumnSpec(
        "raw", "VARCHAR", "The row as it came; JSON if the file has no lines", nullable=True
    ),
)

_Rejected = tuple[int, int, int, str]
"""Number of the file, line, lines of the row, reason."""

# A row in the quarantine is to be looked at: past this its text is cut.
_RAW_CHARACTERS = 10_000
_BATCH_ROWS = 1_000

_REJECTED_SCHEMA = pa.schema(
    [
        ("file_number", pa.int64()),
        ("source_line", pa.int64()),
        ("reason", pa.string()),
        ("raw", pa.string()),
    ]
)


@dataclass(frozen=True)
class RawRows:
    """SQL of rows as they came, for formats without lines of text: file_number, source_line, raw.

    `file_number` counts the files from 0, `source_line` a file's rows as typed_rows_sql does.
    """

    sql: str


def quarantine_spec(table_name: str, more_columns: Sequence[ColumnSpec] = ()) -> TableSpec:
    """The table that holds the rejected rows of a table, a partition a business date."""
    return TableSpec(
        namespace="quarantine",
        name=checked_identifier(f"{table_name}_quarantine", "table name"),
        doc=f"Delivered rows that did not parse and are not in {table_name}",
        columns=(*QUARANTINE_COLUMNS, *more_columns),
        partition_column="dt",
        key=("source_file", "source_line"),
        sort_by=("source_file", "source_line"),
    )


def write_rejected(
    connection: DuckDBPyConnection,
    rows_path: Path,
    origin: Sequence[PlainText] | RawRows,
    path: Path,
) -> None:
    """Write the rejected rows to the Parquet file `path`: file_number, source_line, reason, raw.

    `rows_path` holds typed rows, as typed_rows_sql gives them; `origin` is where the rows are found
    as they came: the text of each file, or SQL.
    """
    numbered = (
        f"SELECT file_number, {LINE} AS source_line, line_count, reason "
        f"FROM read_parquet({text_literal(str(rows_path))}, file_row_number = true) "
        "WHERE reason IS NOT NULL"
    )
    if isinstance(origin, RawRows):
        connection.execute(
            f"COPY (SELECT file_number, source_line, reason, left(raw, {_RAW_CHARACTERS}) AS raw "
            f"FROM ({numbered}) JOIN ({origin.sql}) USING (file_number, source_line)) "
            f"TO {text_literal(str(path))} (FORMAT parquet)"
        )
        return
    rejected = connection.cursor()
    try:
        rejected.execute(
            f"SELECT file_number, source_line, line_count, reason FROM ({numbered}) "
            "ORDER BY file_number, source_line"
        )
        batches = iter(partial(rejected.fetchmany, _BATCH_ROWS), [])
        _write_lines(chain.from_iterable(batches), origin, path)
    finally:
        rejected.close()


def _write_lines(rejected: Iterator[_Rejected], origins: Sequence[PlainText], path: Path) -> None:
    with_text = (
        (number, line, reason, _text_at(lines, line, line_count))
        for number, of_file in groupby(rejected, key=itemgetter(0))
        for lines in [origins[number].numbered_lines()]
        for _, line, line_count, reason in of_file
    )
    with pq.ParquetWriter(path, _REJECTED_SCHEMA) as writer:
        while batch := list(islice(with_text, _BATCH_ROWS)):
            columns = zip(*batch, strict=True)
            arrays = [
                pa.array(values, field.type)
                for values, field in zip(columns, _REJECTED_SCHEMA, strict=True)
            ]
            writer.write_table(pa.table(arrays, schema=_REJECTED_SCHEMA))


def _text_at(lines: Iterator[tuple[int, str]], first: int, line_count: int) -> str:
    """The text of `line_count` lines from line `first` on; reads on from where it stopped."""
    text = ""
    for line in islice((line for number, line in lines if number >= first), line_count):
        if len(text) < _RAW_CHARACTERS:
            text += line[:_RAW_CHARACTERS]
    return text.rstrip("\r\n")[:_RAW_CHARACTERS]
