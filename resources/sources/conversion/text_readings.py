"""Which delivered column is which contract column, and how it comes out of the texts of a row."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from resources.errors import SourceError
from resources.identifiers import quoted
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.number_sql import NOTHING_BESIDE, FieldsBeside
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

BYTE_ORDER_MARK = "\ufeff"
"""Stands before a text, and where texts were joined, inside it."""


def matched_columns(
    source: FilesSource, columns: Sequence[ColumnSpec], names: Sequence[str], origin: Path
) -> Mapping[str, int]:
    """Position in `names` of each contract column that one field of the file fills."""
    positions: dict[str, int] = {}
    is_found = not columns
    for column in columns:
        told = source.origin_of(column.name)
        if not isinstance(told, Field):
            is_found = True
            continue
        at = field_position(told, names, origin)
        if at is not None:
            positions[column.name] = at
        elif not column.nullable:
            raise missing_column(source, column, names, origin)
    if not (is_found or positions):
        raise SourceError(
            f"{origin}: the header has none of the columns: {_some(names)}",
            "Check delimiter, encoding and preamble_lines of the source.",
        )
    return positions


def field_position(field: Field, names: Sequence[str], origin: Path) -> int | None:
    """Position in `names` of a field, from 0; None: there is none of its name."""
    found = [name.strip() for name in names]
    if field.position is None:
        name = field.name or ""
        if found.count(name) > 1:
            at = found.index(name) + 1
            raise SourceError(
                f"{origin}: two columns are called {name!r}",
                "Tell them apart by their place, as in columns={...: "
                f"position({at}, {name!r})}}, or have one of them renamed.",
            )
        if name in found:
            return found.index(name)
        require_spelled(name, found, origin)
        return None
    at = field.position - 1
    there = found[at] if at < len(found) else None
    if there is None or field.name not in (None, there):
        raise SourceError(
            f"{origin}: {field} is declared, but "
            + (f"there are {len(found)} fields" if there is None else f"that field is {there!r}"),
            "Correct position() in columns= of the source, or have the file delivered as before.",
        )
    return at


def require_spelled(name: str, names: Collection[str], origin: Path) -> None:
    """Raise SourceError if a name which a file lacks is there in another spelling.

    In other capitals, with other blanks, with an accent encoded otherwise, behind a second byte
    order mark. NULL in every row would not be what the file says.
    """
    alike = next((each for each in names if _folded(each) == _folded(name)), None)
    if alike is not None and name not in names:
        raise SourceError(
            f"{origin}: column {name!r} is missing; the nearest is {alike!r}",
            f"Declare the name as it stands there, as in columns={{...: {alike!r}}}, or have it "
            "delivered as before.",
        )


def missing_column(
    source: FilesSource, column: ColumnSpec, names: Sequence[str], origin: Path
) -> SourceError:
    """The error that says that a file lacks a column which may not be null."""
    wanted = source.name_in_file(column.name)
    names = [name.strip() for name in names]
    near = difflib.get_close_matches(wanted, names, 1, 0.5)
    there = f"the nearest is {near[0]!r}" if near else f"it has {_some(names)}"
    return SourceError(
        f"{origin}: column {wanted!r} is missing; {there}",
        f"Have it delivered, or declare the name as columns={{{column.name!r}: "
        f"{near[0] if near else '...'!r}}}, or let {column.name} be null in the contract.",
    )


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.replace(BYTE_ORDER_MARK, "")).casefold()
    return "".join(plain.split())


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"


TextOf = Callable[[Field | Characters | LineField], str | None]


def text_readings(
    source: FilesSource,
    columns: Sequence[ColumnSpec],
    names: Sequence[str],
    origin: Path,
    types: TextTypes,
    of_lines: Sequence[LineField | Characters] = (),
) -> list[Reading]:
    """How the columns come out of texts t0, t1, ..., called `names`, then those of `of_lines`."""

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
    """How one column comes out of a row; `text_of` gives None for a field that the file lacks."""
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
    reading = Reading.of_text(column, delivered, types, _beside(types, column, text_of, origin))
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


def _beside(types: TextTypes, column: ColumnSpec, text_of: TextOf, origin: Path) -> FieldsBeside:
    """SQL of the fields that say how the column's numbers are meant, if any are declared."""
    number = types.number(column.name, column.type)
    if number is None:
        return NOTHING_BESIDE
    declared = number.number

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
