"""How the rows of one delivered file become typed rows, each with its reason to be refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resources.identifiers import text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.files import FilesSource
from resources.sources.header import matched_columns
from resources.sources.text_types import TextTypes, misfit, out_of_range

# What every relation of one text file has: the line of a row is known by counting rows.
ONE_FILE = "0 AS file_number, CAST(NULL AS BIGINT) AS source_line"

# The line of a row in a file of typed rows, which is read with file_row_number.
LINE = "coalesce(source_line, file_row_number + line_offset)"

# Columns that every relation of delivered rows has beside its values.
ROW_FACTS = ("problem", "is_blank", "file_number", "source_line", "line_offset", "line_count")


@dataclass(frozen=True)
class Reading:
    """How one contract column comes out of a relation of delivered rows.

    Attributes:
        column: The contract's column.
        delivered: Reference to the delivered value; None: the file has no such column.
        typed: SQL of the typed value, NULL where the delivered value is not exactly one.
        reason: SQL of the sentence that says so.
        widens: Whether the delivered type holds nothing that the column's type does not.
    """

    column: ColumnSpec
    delivered: str | None
    typed: str
    reason: str
    widens: bool = False

    @property
    def always_fits(self) -> bool:
        """Whether no row can be refused for this column."""
        return self.widens or self.delivered is None or self.typed == self.delivered

    @classmethod
    def missing(cls, column: ColumnSpec) -> Reading:
        """The column is not in the file: NULL in every row."""
        return cls(column, None, f"CAST(NULL AS {column.type})", "NULL")

    @classmethod
    def of_text(cls, column: ColumnSpec, delivered: str, types: TextTypes) -> Reading:
        """The column comes as text."""
        typed = types.typed(delivered, column.type)
        return cls(column, delivered, typed, misfit(delivered, column.name, column.type))


def text_readings(
    source: FilesSource,
    columns: Sequence[ColumnSpec],
    names: Sequence[str],
    origin: Path,
    types: TextTypes,
) -> list[Reading]:
    """How the columns come out of a file whose columns are texts t0, t1, ..., called `names`.

    Raises:
        SourceError: If a column that may not be null is not among them.
    """
    positions = matched_columns(source, columns, names, origin)
    return [
        Reading.of_text(column, f"t{positions[column.name]}", types)
        if column.name in positions
        else Reading.missing(column)
        for column in columns
    ]


def typed_rows_sql(readings: Sequence[Reading], relation: str) -> str:
    """SQL of the typed rows: v0, v1, ... in the order of `readings`, then what is known of each.

    Gives `reason` (why the row is refused, or NULL), `is_blank`, `file_number` (which of the files
    read, from 0), `source_line`, `line_count`. Where `source_line` is NULL, it is `line_offset`
    plus the number of the row, counted from 0.

    Args:
        readings: One for each contract column.
        relation: FROM item with the columns that `readings` refer to, and `ROW_FACTS`.
    """
    typed = ", ".join(f"{each.typed} AS v{at}" for at, each in enumerate(readings))
    values = ", ".join(f"v{at}" for at in range(len(readings)))
    failed = {at: test for at, each in enumerate(readings) if (test := _failed(each, f"v{at}"))}
    reasons = ", ".join(f"CASE WHEN {failed[at]} THEN {readings[at].reason} END" for at in failed)
    misfits = (
        f"WHEN {' OR '.join(failed.values())} THEN concat_ws('; ', {reasons})" if failed else ""
    )
    return f"""
        SELECT {values}, is_blank, file_number, source_line, line_offset, line_count,
            CASE WHEN problem IS NOT NULL THEN problem WHEN is_blank THEN NULL {misfits} END
                AS reason
        FROM (SELECT *, {typed} FROM {relation})
    """


def cleaned(text: str, source: FilesSource) -> str:
    """SQL of a delivered text, trimmed if the source says so, NULL if it says it means that."""
    bare = f"trim({text}, ' \t')" if source.trim else text
    if not source.null_texts:
        return bare
    nulls = ", ".join(text_literal(each) for each in source.null_texts)
    return f"CASE WHEN {bare} IN ({nulls}) THEN NULL ELSE {bare} END"


def _failed(reading: Reading, value: str) -> str | None:
    if reading.always_fits:
        return None
    unreadable = f"({reading.delivered} IS NOT NULL AND {value} IS NULL)"
    outside = out_of_range(value, reading.column.type)
    return f"({unreadable} OR {outside})" if outside else unreadable
