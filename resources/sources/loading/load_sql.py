"""The statements that read a load's rows back: accepted ones, and refused ones."""

from __future__ import annotations

from collections.abc import Sequence

from resources.identifiers import quoted, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.rows import LINE
from resources.sources.formats.quarantine import QUARANTINE_COLUMNS
from resources.sources.loading.loaded_part import LoadedPart

ORIGIN_COLUMNS = (
    ColumnSpec("source_file", "VARCHAR", "Delivered file, below the landing root"),
    ColumnSpec("source_line", "BIGINT", "Line on which the row starts, from 1"),
    ColumnSpec("dt", "DATE", "Business date of the delivery"),
)


def accepted_sql(columns: Sequence[ColumnSpec], parts: Sequence[LoadedPart]) -> str:
    """SQL of the accepted rows: `columns`, then `ORIGIN_COLUMNS`."""
    statements = [
        f"SELECT {_values(columns, part)}, {_file(part)} AS source_file, {LINE} AS source_line, "
        f"{_day(part)} AS dt "
        f"FROM {part.loaded.relation}{_taken(part)}"
        for part in parts
        if any(counts.rows for _, _, counts in part.counts)
    ]
    return " UNION ALL ".join(statements) or _no_rows([*columns, *ORIGIN_COLUMNS])


def refused_sql(parts: Sequence[LoadedPart]) -> str:
    """SQL of the refused rows: `QUARANTINE_COLUMNS`."""
    statements = [
        f"SELECT {'dt' if part.month else _day(part)} AS dt, {_file(part)} AS source_file, "
        "source_line, reason, raw "
        f"FROM read_parquet({text_literal(str(part.loaded.refused_path))})"
        for part in parts
        if part.loaded.refused_path
    ]
    return " UNION ALL ".join(statements) or _no_rows(QUARANTINE_COLUMNS)


def _values(columns: Sequence[ColumnSpec], part: LoadedPart) -> str:
    positions = {column.name: at for at, column in enumerate(part.columns)}
    return ", ".join(
        (f"v{positions[name]}" if name in positions else _by_file(part.given[name]))
        + f" AS {quoted(name)}"
        for name in (column.name for column in columns)
    )


def _file(part: LoadedPart) -> str:
    return _by_file([text_literal(file.path) for file in part.files])


def _day(part: LoadedPart) -> str:
    if part.month:
        return part.month.day
    return _by_file([f"DATE '{file.partition}'" for file in part.files])


def _by_file(values: Sequence[str]) -> str:
    """SQL of the value that a row's file gives it."""
    if len(set(values)) == 1:
        return values[0]
    return f"([{', '.join(values)}])[file_number + 1]"


def _taken(part: LoadedPart) -> str:
    """The condition on the rows that count, if not all of them do."""
    conditions = [part.month.condition] if part.month else []
    if part.month or any(counts.rejected or counts.blank for counts in part.loaded.counts):
        conditions += ["reason IS NULL", "NOT is_blank"]
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _no_rows(columns: Sequence[ColumnSpec]) -> str:
    typed = ", ".join(f"CAST(NULL AS {each.type}) AS {quoted(each.name)}" for each in columns)
    return f"SELECT {typed} WHERE false"
