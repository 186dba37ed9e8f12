"""Where in a delivered row the text of a column is, where more than a name has to be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from resources.sources.declaration.refusals import refused

_refused = partial(refused, "files")


@dataclass(frozen=True)
class Field:
    """One field of a row.

    Attributes:
        name: What the header calls it; None: the file has no header, or it is told by its place.
        position: Its number in the row, from 1; None: the header tells it.
    """

    name: str | None = None
    position: int | None = None

    def __str__(self) -> str:
        if self.position is None:
            return f"{self.name!r}"
        return f"field {self.position}" + (f" ({self.name!r})" if self.name else "")


@dataclass(frozen=True)
class Characters:
    """The field of a line of fixed width: from its first to its last character, from 1."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"characters {self.first} to {self.last}"


@dataclass(frozen=True)
class Joined:
    """Several fields that are one text, a blank between them: a date and its time and zone."""

    fields: tuple[Field | Characters, ...]


@dataclass(frozen=True)
class UnitOf:
    """The unit or currency that stands with the number of another column."""

    column: str


@dataclass(frozen=True)
class LineField:
    """A field of the line above the row that starts with a text, such as a batch's header."""

    starts_with: str
    field: Field | Characters


Origin = Field | Characters | Joined | UnitOf | LineField


def position(number: int, name: str | None = None) -> Field:
    """The field of that number in a row, from 1: for files without a header, or with two columns
    of one name. `name` is what the header has to call it, if the file has one.
    """
    if number < 1:
        raise _refused(f"position({number}) is no field", "Count the fields of a row from 1.")
    return Field(name, number)


def characters(first: int, last: int | None = None) -> Characters:
    """The characters of a line of fixed width, from 1, the last one included; one if none is."""
    last = first if last is None else last
    if not 1 <= first <= last:
        raise _refused(
            f"characters({first}, {last}) is no part of a line",
            "Give the first and the last character of the field, counted from 1.",
        )
    return Characters(first, last)


def joined(*fields: str | Field | Characters) -> Joined:
    """Fields that are one text, a blank between them: `joined("Date", "Time", "TimeZone")`."""
    if len(fields) < 2:
        raise _refused("joined() has not several fields", 'Write it as in joined("Date", "Time").')
    return Joined(tuple(as_field(each) for each in fields))


def unit_of(column: str) -> UnitOf:
    """The unit that stands with a number: the column's `number(unit=...)` says where."""
    return UnitOf(column)


def line_field(starts_with: str, field: int | Characters) -> LineField:
    """A field, by its number from 1 or its characters, of the nearest line above the row that
    starts with a text such as "H|": the values of a header record, which every row below it has.
    """
    if not starts_with:
        raise _refused(
            "line_field() names no line", 'Say how it begins, as in line_field("H|", 4).'
        )
    return LineField(starts_with, position(field) if isinstance(field, int) else field)


def as_field(given: str | Field | Characters) -> Field | Characters:
    """A field by its name in the header, or as it is declared."""
    return Field(given) if isinstance(given, str) else given


def fields_in_rows(origin: Origin) -> Sequence[Field | Characters]:
    """The fields of the row itself that an origin takes."""
    if isinstance(origin, Joined):
        return origin.fields
    return (origin,) if isinstance(origin, Field | Characters) else ()
