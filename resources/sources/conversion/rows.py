"""How the rows of one delivered file become typed rows, each with its reason to be rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from resources.identifiers import quoted, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.number_sql import NOTHING_BESIDE, FieldsBeside
from resources.sources.conversion.text_types import TIMESTAMP_TYPE, TextTypes
from resources.sources.declaration.files_source import FilesSource

# What every relation of one text file has: the line of a row is known by counting rows.
ONE_FILE = "0 AS file_number, CAST(NULL AS BIGINT) AS source_line"

# The line of a row in a file of typed rows, which is read with file_row_number.
LINE = "coalesce(source_line, file_row_number + line_offset)"

_BOUNDED = ("DATE", TIMESTAMP_TYPE)


@dataclass(frozen=True)
class Reading:
    """How one contract column comes out of a relation of delivered rows.

    Attributes:
        delivered: Reference to the delivered value; None: the file has no such column.
        typed: SQL of the typed value, NULL where the delivered value is not exactly one.
        reason: SQL of the sentence that says so.
        widens: Whether the delivered type holds nothing that the column's type does not.
        proven: Whether it is known of all rows that none is rejected for this column.
        steps: Name -> SQL of what is worked out before `typed`, each step from those before.
    """

    column: ColumnSpec
    delivered: str | None
    typed: str
    reason: str
    widens: bool = False
    proven: bool = False
    steps: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def always_fits(self) -> bool:
        """Whether no row can be rejected for this column."""
        if self.proven:
            return True
        if not self.column.nullable or self.column.type in _BOUNDED:
            return False
        return self.widens or self.delivered is None or self.typed == self.delivered

    @classmethod
    def missing(cls, column: ColumnSpec) -> Reading:
        """The column is not in the file: NULL in every row."""
        return cls(column, None, f"CAST(NULL AS {column.type})", "NULL", proven=column.nullable)

    @classmethod
    def of_text(
        cls,
        column: ColumnSpec,
        delivered: str,
        types: TextTypes,
        beside: FieldsBeside = NOTHING_BESIDE,
    ) -> Reading:
        """The column comes as text, `beside` the fields that tell how a number is meant."""
        steps: dict[str, str] = {}
        text = delivered
        folded = types.folded(delivered, column.type)
        if folded:
            text = quoted(f"text of {column.name}")
            steps[text] = folded
        number = types.number(column.name, column.type, beside)
        if number is None:
            typed = types.typed(text, column.type, column.name)
            reason = types.misfit(text, column.name, column.type)
        else:
            parts = parts_of(column.name)
            steps[parts] = number.parts(text)
            typed = number.value(text, parts)
            reason = number.misfit(text, parts, column.name)
        return cls(column, delivered, typed, reason, steps=steps)

    def after(self, steps: Mapping[str, str]) -> Reading:
        """The same, its own steps taken after others."""
        return replace(self, steps={**steps, **self.steps})


def parts_of(column: str) -> str:
    """Reference to the parts of a column's number, once they are worked out."""
    return quoted(f"parts of {column}")


def typed_rows_sql(readings: Sequence[Reading], relation: str, types: TextTypes) -> str:
    """SQL of the typed rows: v0, v1, ... in the order of `readings`, then what is known of each.

    Gives `reason` (why the row is rejected, or NULL), `is_blank`, `file_number` (which of the files
    read, from 0), `source_line`, `line_count`. Where `source_line` is NULL, it is `line_offset`
    plus the number of the row, counted from 0. `relation` is a FROM item with the columns that
    `readings` refer to, and problem, is_blank, file_number, source_line, line_offset and
            line_count.
    """
    typed = ", ".join(f"{each.typed} AS v{at}" for at, each in enumerate(readings))
    values = ", ".join(f"v{at}" for at in range(len(readings)))
    failed = {
        at: test for at, each in enumerate(readings) if (test := _failed(each, f"v{at}", types))
    }
    reasons = ", ".join(f"CASE WHEN {failed[at]} THEN {_reason(readings[at])} END" for at in failed)
    misfits = (
        f"WHEN {' OR '.join(failed.values())} THEN concat_ws('; ', {reasons})" if failed else ""
    )
    return f"""
        SELECT {values}, is_blank, file_number, source_line, line_offset, line_count,
            CASE WHEN problem IS NOT NULL THEN problem WHEN is_blank THEN NULL {misfits} END
                AS reason
        FROM (SELECT *, {typed} FROM {_with_steps(readings, relation)})
    """


def cleaned(text: str, source: FilesSource) -> str:
    """SQL of a delivered text, trimmed if the source says so, NULL if it says it means that."""
    bare = f"trim({text}, ' \t')" if source.trim else text
    return without_nulls(bare, source.nulls)


def without_nulls(text: str, null_texts: Sequence[str]) -> str:
    """SQL of a text, NULL where it is one of those that mean NULL."""
    if not null_texts:
        return text
    nulls = ", ".join(text_literal(each) for each in null_texts)
    return f"CASE WHEN {text} IN ({nulls}) THEN NULL ELSE {text} END"


def _with_steps(readings: Sequence[Reading], relation: str) -> str:
    """The relation with what is worked out first, a step at a time."""
    depth = max((len(each.steps) for each in readings), default=0)
    for level in range(depth):
        named = ", ".join(
            f"{list(each.steps.values())[level]} AS {list(each.steps)[level]}"
            for each in readings
            if level < len(each.steps)
        )
        relation = f"(SELECT *, {named} FROM {relation})"
    return relation


def _failed(reading: Reading, value: str, types: TextTypes) -> str | None:
    if reading.always_fits:
        return None
    tests: list[str] = []
    if not reading.column.nullable:
        tests.append(f"{value} IS NULL")
    elif reading.delivered and reading.typed != reading.delivered and not reading.widens:
        tests.append(f"({reading.delivered} IS NOT NULL AND {value} IS NULL)")
    outside = types.out_of_range(value, reading.column.type)
    if outside:
        tests.append(outside)
    return f"({' OR '.join(tests)})" if tests else None


def _reason(reading: Reading) -> str:
    if reading.column.nullable:
        return reading.reason
    empty = text_literal(f"{reading.column.name} is empty, and may not be")
    if reading.delivered is None:
        return empty
    return f"CASE WHEN {reading.delivered} IS NULL THEN {empty} ELSE {reading.reason} END"
