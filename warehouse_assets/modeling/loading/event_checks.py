"""Does a declaration of events fit the contract, and the table of events?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from resources.errors import SourceError
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.files_source import Spelling
from warehouse_assets.modeling.declaration.json_events import (
    REJECT,
    ElementNumber,
    JsonColumn,
    JsonEvents,
)
from warehouse_assets.modeling.events.event_sql import ID, PAYLOAD, TYPE, VERSION
from warehouse_assets.modeling.events.values import beside, literal_value
from warehouse_assets.modeling.load_errors import did_you_mean

if TYPE_CHECKING:
    from resources.lake.model.table_spec import ColumnSpec
    from resources.sources.declaration.json_path import JsonPath
    from warehouse_assets.modeling.declaration.table import Table

_NEEDED = (ID, TYPE, VERSION, PAYLOAD, "source_file", "source_line")


def check_json_events(table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError for the first thing in a declaration of events that does not fit."""
    events = table.events
    if events is None:
        return
    _check_input(table, events, named)
    _check_versions(table, events)
    _check_numbers(table, events)
    columns = {column.spec.name: column.spec for column in table.columns}
    of_events = {column.spec.name: column.spec for column in named[events.table].columns}
    for name in events.columns:
        if name not in columns or name == table.partition_column:
            raise table.error(f"events fill {name}, which is no column of the contract that they "
                              "could fill", f'"{name}"', did_you_mean(name, columns))  # fmt: skip
    for column in columns.values():
        declared = events.columns.get(column.name)
        if declared is None:
            _check_taken_over(table, events, column, of_events)
        elif isinstance(declared, ElementNumber):
            if column.type not in ("BIGINT", "INTEGER"):
                raise table.error(f"column {column.name} is the number of an element, and "
                                  f"{column.type} in the contract", f'"{column.name}"')  # fmt: skip
        else:
            _check_column(table, events, column, declared)


def _check_input(table: Table, events: JsonEvents, named: Mapping[str, Table]) -> None:
    if list(table.reads) != [events.table]:
        raise table.error(f"events are read from {events.table}, which must be all that reads has",
                          "json_events(", f'Write reads={{"{events.table}": '
                          "latest(following(days=3))}.")  # fmt: skip
    if not table.reads[events.table].latest or not table.partition_column:
        raise table.error(f"events of {events.table} are read by "
                          f"{table.reads[events.table].name}", f'"{events.table}"',
                          "Read each event once: latest(following(days=3)).")  # fmt: skip
    held = {column.spec.name for column in named[events.table].columns}
    for name in _NEEDED:
        if name not in held:
            raise table.error(f"{events.table} has no column {name}, so it is no table of events",
                              "json_events(")  # fmt: skip


def _check_versions(table: Table, events: JsonEvents) -> None:
    if not events.versions:
        raise table.error("events of no version are declared", "versions=")
    said = {
        "each": list(events.each),
        **{
            name: [version for version in column.paths if version is not None]
            for name, column in events.columns.items()
            if isinstance(column, JsonColumn)
        },
    }
    for name, versions in said.items():
        for version in versions:
            if version not in events.versions:
                known = ", ".join(map(str, events.versions))
                raise table.error(f"{name} has a path for version {version}; the versions are "
                                  f"{known}", name)  # fmt: skip
    for path in events.each.values():
        if path.of_element or path.steps[-1:] != (None,):
            raise table.error(f"each is {path.text}", path.text,
                              'Write the path of an array, as in "$.fees[*]".')  # fmt: skip


def _check_taken_over(
    table: Table, events: JsonEvents, column: ColumnSpec, of_events: Mapping[str, ColumnSpec]
) -> None:
    found = of_events.get(column.name)
    if found is None:
        step = did_you_mean(column.name, events.columns) or "Give it a json_path() in columns."
        raise table.error(f"nothing fills column {column.name}: it is neither declared in columns "
                          f"nor a column of {events.table}", f"{column.name}:", step)  # fmt: skip
    if found.type != column.type:
        raise table.error(f"column {column.name} is {found.type} in {events.table} and "
                          f"{column.type} in the contract", f"{column.name}:")  # fmt: skip


def _check_column(
    table: Table, events: JsonEvents, column: ColumnSpec, declared: JsonColumn
) -> None:
    quoted_name = f'"{column.name}"'
    try:
        TextTypes(Spelling(), "UTC").typed("x", column.type)
    except SourceError as error:
        raise table.error(f"column {column.name}: {error.message}", quoted_name) from error
    for version in events.versions:
        path = declared.path(version)
        if path is None and declared.missing is REJECT:
            raise table.error(f"column {column.name} has no path for version {version}",
                              quoted_name, "Add one, or say what it is: missing=...")  # fmt: skip
        if path is not None:
            _check_path(table, events, column, version, path)
    for argument, otherwise in _otherwise(declared):
        if otherwise is None and not column.nullable:
            raise table.error(f"column {column.name} may not be null, and {argument}=None makes it "
                              "so", quoted_name, "Give a default, or let the column be null in "
                              "the contract.")  # fmt: skip
        if otherwise is not None and not _is_value(otherwise, column, events.types("UTC")):
            raise table.error(f"column {column.name}: {otherwise!r} is no {column.type}",
                              quoted_name)  # fmt: skip


def _check_path(
    table: Table, events: JsonEvents, column: ColumnSpec, version: int, path: JsonPath
) -> None:
    if path.spreads:
        raise table.error(f"path {path.text} of {column.name} gives many values", path.text,
                          "Spread the array with each=, and begin the path with @.")  # fmt: skip
    if path.of_element and version not in events.each:
        raise table.error(f"path {path.text} of {column.name} begins at an element, and each has "
                          f"no path for version {version}", path.text)  # fmt: skip


def _otherwise(declared: JsonColumn) -> Iterator[tuple[str, str | None]]:
    """Texts and nulls that stand for values: defaults, and what words mean."""
    for argument in ("missing", "malformed"):
        otherwise = getattr(declared, argument)
        if otherwise is not REJECT:
            yield argument, otherwise
    for meaning in declared.words.values():
        yield "words", meaning


def _check_numbers(table: Table, events: JsonEvents) -> None:
    """What stands beside a number is a column that a path fills."""

    def check_filled(name: str, told: str) -> None:
        if not isinstance(events.columns.get(name), JsonColumn):
            raise table.error(f"{told} names {name}, which is no column that a path fills",
                              f'"{name}"', did_you_mean(name, events.columns))  # fmt: skip

    for name in events.column_numbers:
        check_filled(name, "column_numbers")
    for one in (events.numbers, *events.column_numbers.values()):
        if one is None:
            continue
        if one.unit is not None:
            raise table.error("a number() of events has a unit, which would be lost", "unit=",
                              "Take the currency from a path of its own; write symbols= for one "
                              "that is always the same.")  # fmt: skip
        for field in one.fields_beside:
            check_filled(beside(field), "a number()")


def _is_value(text: str, column: ColumnSpec, types: TextTypes) -> bool:
    import duckdb

    found = duckdb.execute(f"SELECT {literal_value(text, column, types)} IS NOT NULL")
    return bool(found.fetchall()[0][0])
