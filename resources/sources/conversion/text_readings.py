"""How the contract's columns come out of the texts of a delivered row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from resources.errors import SourceError
from resources.identifiers import quoted
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.header import field_position, matched_columns, missing_column
from resources.sources.conversion.number_sql import FieldsBeside
from resources.sources.conversion.rows import Reading, parts_of, without_nulls
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.column_origins import (
    Characters,
    Field,
    Joined,
    LineField,
    Origin,
    UnitOf,
)
from resources.sources.declaration.files_source import FilesSource

TextOf = Callable[[Field | Characters | LineField], str | None]


def text_readings(
    source: FilesSource,
    columns: Sequence[ColumnSpec],
    names: Sequence[str],
    origin: Path,
    types: TextTypes,
    of_lines: Sequence[LineField | Characters] = (),
) -> list[Reading]:
    """How the columns come out of a file whose columns are texts t0, t1, ..., called `names`.

    Args:
        source: Says where names differ.
        columns: The contract's columns that come from the file.
        names: The file's columns in order, those that only have a position without a name.
        origin: The delivered file, for messages.
        types: How texts become values.
        of_lines: What the texts behind those of `names` are.

    Raises:
        SourceError: If a column that may not be null is not among them.
    """

    def text_of(field: Field | Characters | LineField) -> str | None:
        if isinstance(field, Field):
            at = field_position(field, names, origin)
        else:
            at = len(names) + list(of_lines).index(field)
        return None if at is None else f"t{at}"

    matched_columns(source, columns, names, origin)
    return [text_reading(source, column, text_of, types, names, origin) for column in columns]


def text_reading(
    source: FilesSource,
    column: ColumnSpec,
    text_of: TextOf,
    types: TextTypes,
    names: Sequence[str],
    origin: Path,
) -> Reading:
    """How one column comes out of a row.

    Args:
        source: Says where the column's text is.
        column: The contract's column.
        text_of: SQL of the text of a field; None: the file has no such field.
        types: How texts become values.
        names: The file's columns, for messages.
        origin: The delivered file, for messages.
    """
    told = source.origin_of(column.name)
    if isinstance(told, UnitOf):
        unit = f"nullif({parts_of(told.column)}.unit, '')"
        return Reading(column, unit, unit, "NULL")
    delivered = _delivered(told, text_of)
    if delivered is None:
        if not column.nullable:
            raise missing_column(source, column, names, origin)
        return Reading.missing(column)
    steps: dict[str, str] = {}
    own_nulls = source.column_null_texts.get(column.name, ())
    if isinstance(told, Joined) or own_nulls:
        # It is repeated: worked out once.
        steps[quoted(f"delivered {column.name}")] = without_nulls(delivered, own_nulls)
        delivered = quoted(f"delivered {column.name}")
    reading = Reading.of_text(column, delivered, types, _beside(source, column, text_of, origin))
    return reading.after(steps)


def _delivered(told: Origin, text_of: TextOf) -> str | None:
    if isinstance(told, Joined):
        texts = [text_of(field) for field in told.fields]
        found = [text for text in texts if text is not None]
        return (
            f"nullif(concat_ws(' ', {', '.join(found)}), '')" if len(found) == len(texts) else None
        )
    assert not isinstance(told, UnitOf)
    return text_of(told)


def _beside(source: FilesSource, column: ColumnSpec, text_of: TextOf, origin: Path) -> FieldsBeside:
    """SQL of the fields that tell how the column's numbers are meant, if any are declared."""
    declared = source.column_numbers.get(column.name, source.numbers)
    if declared is None or column.column_type.scale is None:
        return FieldsBeside()

    def found(field: Field | Characters, told: str) -> str:
        text = text_of(field)
        if text is None:
            raise SourceError(
                f"{origin}: the field {field}, which has the {told} of {column.name}, is missing",
                f"Have it delivered, or correct the number() of {column.name}.",
            )
        return text

    return FieldsBeside(
        sign=found(declared.sign.field, "sign") if declared.sign else None,
        currency=found(declared.minor_units.field, "currency") if declared.minor_units else None,
    )
