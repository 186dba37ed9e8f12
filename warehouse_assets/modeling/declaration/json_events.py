"""A table whose rows are events of one type: fields of JSON payloads become its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.sources.declaration.json_path import JsonPath, parsed_path
from resources.sources.declaration.numbers import Number, checked_numbers
from resources.sources.declaration.refusals import share

if TYPE_CHECKING:
    from resources.sources.conversion.text_types import TextTypes


class Reject(Enum):
    """What becomes of an event whose value is missing or malformed, if nothing else is said."""

    REJECT = "reject"

    def __repr__(self) -> str:
        return self.value


REJECT = Reject.REJECT

EVENT_ID = ColumnSpec("event_id", "VARCHAR", "Event that was rejected")

Otherwise = Reject | str | None
"""What to do without a value: reject the event, take this text for the value, or take null."""


@dataclass(frozen=True)
class JsonColumn:
    """How one column comes out of a payload. Made by `json_path()`.

    Attributes:
        paths: Version of the event -> path; one under None is for all versions.
        missing: What to do where the path leads nowhere, or to null.
        malformed: What to do where the value is not one of the column's type.
        words: Texts in the payload -> what they mean, as text; empty: texts mean themselves.
    """

    paths: Mapping[int | None, JsonPath]
    missing: Otherwise = REJECT
    malformed: Otherwise = REJECT
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    def path(self, version: int) -> JsonPath | None:
        """The path in events of that version."""
        return self.paths.get(version, self.paths.get(None))


@dataclass(frozen=True)
class ElementNumber:
    """The number of the element that the row is made of, from 1. Made by `element_number()`."""


@dataclass(frozen=True)
class JsonEvents:
    """The events of one type, and how they become rows. Made by `json_events()`.

    Attributes:
        table: The table of events; its columns come as they are where the contract names them.
        type: The event_type.
        versions: The values of event_version that are known; others are rejected.
        each: Version -> the array whose elements are rows; of other versions each is one row.
        columns: Contract column -> where it comes from.
        tolerance: Share of a day's events, 0 to 1, that may be quarantined.
        numbers: How texts write numbers, by `number()`; None: plainly, as 1234.50 and -7. JSON
            numbers are never ambiguous. Fields beside a number, such as the currency of
            `minor_units()`, are columns of the contract that a path fills.
        column_numbers: Contract column -> the same, for columns that differ.
    """

    table: str
    type: str
    versions: tuple[int, ...]
    each: Mapping[int, JsonPath]
    columns: Mapping[str, JsonColumn | ElementNumber]
    tolerance: Decimal
    numbers: Number | None = None
    column_numbers: Mapping[str, Number] = field(default_factory=dict[str, Number])

    def types(self, time_zone: str) -> TextTypes:
        """How the texts of payloads become values; local times are those of the zone."""
        from resources.sources.conversion.text_types import TextTypes
        from resources.sources.declaration.files_source import Spelling

        spelling = Spelling(numbers=self.numbers, column_numbers=self.column_numbers)
        return TextTypes(spelling, time_zone)


def json_events(
    table: str,
    *,
    type: str,  # noqa: A002
    columns: Mapping[str, JsonColumn | ElementNumber],
    versions: Sequence[int] = (1,),
    each: str | Mapping[int, str] | None = None,
    tolerance: Decimal | str | int = Decimal(0),
    numbers: Number | None = None,
    column_numbers: Mapping[str, Number] | None = None,
) -> JsonEvents:
    """Declare events as a table's rows; `JsonEvents` says what each argument means.

    Raises:
        JsonPathError: If a path is none.
        SettingsError: If the tolerance is no share of one, or a number is not made by `number()`.
    """
    if isinstance(each, str):
        each = dict.fromkeys(versions, each)
    return JsonEvents(
        table=table,
        type=type,
        versions=tuple(versions),
        each=MappingProxyType({at: parsed_path(text) for at, text in (each or {}).items()}),
        columns=MappingProxyType(dict(columns)),
        tolerance=share(tolerance),
        numbers=numbers,
        column_numbers=checked_numbers(column_numbers),
    )


def json_path(
    path: str | Mapping[int, str],
    *,
    missing: Otherwise = REJECT,
    malformed: Otherwise = REJECT,
    words: Mapping[str, str] | None = None,
) -> JsonColumn:
    """A column that a value in the payload fills, in the type that the contract says.

    Numbers are taken digit by digit as they are spelled, texts as `numbers` of the events says. A
    value that does not fit the type exactly is malformed, and so are objects and arrays.

    Args:
        path: Where the value is, or, by version of the event, where it is in each.
        missing: What to do where there is none: reject the event, null, or a default as text.
        malformed: The same where the value is none of the type.
        words: Texts in the payload -> what they mean; other texts are malformed.

    Raises:
        JsonPathError: If a path is none.
    """
    paths = {None: path} if isinstance(path, str) else dict(path)
    return JsonColumn(
        MappingProxyType({version: parsed_path(text) for version, text in paths.items()}),
        missing,
        malformed,
        MappingProxyType(dict(words or {})),
    )


def element_number() -> ElementNumber:
    """A column with the number of the element of each, from 1; 1 where each is not declared."""
    return ElementNumber()


def rejected_events_spec(table_name: str) -> TableSpec:
    """The table that holds the events that did not become rows of a table, with their payload."""
    from resources.sources.formats.quarantine import quarantine_spec

    return quarantine_spec(table_name, (EVENT_ID,))
