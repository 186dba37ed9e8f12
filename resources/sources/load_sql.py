"""The statements that read a load's rows back: accepted ones, and refused ones."""

from __future__ import annotations

from collections.abc import Sequence

from resources.identifiers import quoted, text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.delivery import Delivered
from resources.sources.load_file import LoadedFile
from resources.sources.quarantine import QUARANTINE_COLUMNS

ORIGIN_COLUMNS = (
    ColumnSpec("source_file", "VARCHAR", "Delivered file, below the landing root"),
    ColumnSpec("source_line", "BIGINT", "Line on which the row starts, from 1"),
    ColumnSpec("dt", "DATE", "Business date of the delivery"),
)


def accepted_sql(
    columns: Sequence[ColumnSpec], pairs: Sequence[tuple[Delivered, LoadedFile]]
) -> str:
    """SQL of the accepted rows: `columns`, then `ORIGIN_COLUMNS`."""
    values = ", ".join(f"v{at} AS {quoted(column.name)}" for at, column in enumerate(columns))
    parts = [
        f"SELECT {values}, {text_literal(file.path)} AS source_file, "
        f"file_row_number + line_offset AS source_line, DATE '{file.partition}' AS dt "
        f"FROM read_parquet({text_literal(str(one.rows_path))}, file_row_number = true) "
        + ("WHERE reason IS NULL AND NOT is_blank" if one.rejected or one.blank else "")
        for file, one in pairs
        if one.rows
    ]
    return " UNION ALL ".join(parts) or _no_rows([*columns, *ORIGIN_COLUMNS])


def refused_sql(pairs: Sequence[tuple[Delivered, LoadedFile]]) -> str:
    """SQL of the refused rows: `QUARANTINE_COLUMNS`."""
    parts = [
        f"SELECT DATE '{file.partition}' AS dt, {text_literal(file.path)} AS source_file, "
        f"source_line, reason, raw FROM read_parquet({text_literal(str(one.refused_path))})"
        for file, one in pairs
        if one.refused_path
    ]
    return " UNION ALL ".join(parts) or _no_rows(QUARANTINE_COLUMNS)


def _no_rows(columns: Sequence[ColumnSpec]) -> str:
    typed = ", ".join(f"CAST(NULL AS {each.type}) AS {quoted(each.name)}" for each in columns)
    return f"SELECT {typed} WHERE false"
