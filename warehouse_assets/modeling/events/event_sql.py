"""The statements that turn events into typed rows, generated from a declaration.

Numbers come out of a document digit by digit: before it is parsed, each is put into quotes, so that
none passes a double. Documents of each version are read with that version's paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from resources.identifiers import quoted, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.json_numbers import marked_numbers, number_or_text
from resources.sources.conversion.rows import Reading, typed_rows_sql
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.json_path import JsonPath
from warehouse_assets.modeling.declaration.json_events import ElementNumber, JsonColumn, JsonEvents
from warehouse_assets.modeling.events.values import judged_value, literal_of, value_reading

if TYPE_CHECKING:
    from resources.lake.model.window import Window

ID, TYPE, VERSION, PAYLOAD = "event_id", "event_type", "event_version", "payload"

# Not to be mistaken for a column of a contract, which has no spaces in its name.
EVENT = '"number of event"'
ELEMENT = '"number of element"'
_A_NUMBER = ColumnSpec("number", "BIGINT", "Of an event or an element", nullable=True)
_DOCUMENT, _ELEMENTS, _OF_EACH = '"whole document"', '"all elements"', '"one element"'


def events_sql(events: JsonEvents, partition_column: str, window: Window) -> str:
    """The window's events of the type, each with its document, NULL if the payload is no JSON."""
    day = quoted(partition_column)
    exact = marked_numbers(PAYLOAD)
    return (
        f"SELECT *, CASE WHEN json_valid({PAYLOAD}) THEN {exact} END AS {_DOCUMENT} "
        f"FROM {quoted(events.table)} WHERE {TYPE} = {text_literal(events.type)} "
        f"AND {window.holds(day)}"
    )


def rows_sql(
    events: JsonEvents, columns: Sequence[ColumnSpec], types: TextTypes, relation: str
) -> str:
    """Typed rows, as typed_rows_sql gives them: v0, v1, ... and behind them event and element.

    Args:
        events: The declaration.
        columns: The contract's columns.
        types: How texts become values.
        relation: FROM item with the columns of events_sql, and EVENT.
    """
    branches = [
        *(_of_version(events, columns, types, version, relation) for version in events.versions),
        _unreadable(events, columns, relation),
    ]
    places = {column.name: f"t{at}" for at, column in enumerate(columns)}
    readings = [
        *(value_reading(column, events.columns.get(column.name), places, types)
          for column in columns),
        Reading(_A_NUMBER, EVENT, EVENT, "NULL"),
        Reading(_A_NUMBER, ELEMENT, ELEMENT, "NULL"),
    ]  # fmt: skip
    return typed_rows_sql(readings, f"({' UNION ALL '.join(branches)})", types)


def _of_version(
    events: JsonEvents,
    columns: Sequence[ColumnSpec],
    types: TextTypes,
    version: int,
    relation: str,
) -> str:
    """The values of one version's events as text, a row for each of their elements."""
    found = f"(SELECT * FROM {relation} WHERE {VERSION} = {version} AND {_DOCUMENT} IS NOT NULL)"
    each = events.each.get(version)
    spread = f"(SELECT *, {_DOCUMENT} AS {_OF_EACH}, NULL AS {ELEMENT} FROM {found})"
    if each is not None:
        spread = _spread(each, found)
    paths = {
        name: path
        for name, column in events.columns.items()
        if isinstance(column, JsonColumn) and (path := column.path(version)) is not None
    }
    looked_up, places = _looked_up(paths, spread)
    values: list[str] = []
    problems: list[str] = []
    for at, column in enumerate(columns):
        declared = events.columns.get(column.name)
        if isinstance(declared, JsonColumn) and column.name in paths:
            found, kind = places[column.name]
            text = number_or_text(found, _decimal_mark(column, types))
            where = f"{column.name}: {paths[column.name].text}"
            value, problem = judged_value(declared, text, kind, where)
            problems += problem
        elif isinstance(declared, JsonColumn):
            value = literal_of(declared.missing)
        elif isinstance(declared, ElementNumber):
            value = f"coalesce({ELEMENT}, 1)"
        else:
            value = quoted(column.name)
        values.append(f"{value} AS t{at}")
    wanted = [*paths.values(), *([each] if each is not None else [])]
    problems += _repeated_keys(wanted)
    no_array = text_literal(f"{each.text if each else ''} is no array")
    judged = f"nullif(concat_ws('; ', {', '.join(problems) or 'NULL'}), '')"
    if each is not None:
        judged = f"CASE WHEN {_ELEMENTS} IS NULL THEN {no_array} ELSE {judged} END"
    return _branch(values, judged, looked_up)


def _decimal_mark(column: ColumnSpec, types: TextTypes) -> str | None:
    """The mark that texts of the column have before decimals; None: it holds no number."""
    if column.column_type.scale is None:
        return None
    declared = types.number(column.name, column.type)
    return (declared.number.decimal_mark if declared else "") or "."


def _repeated_keys(paths: Sequence[JsonPath]) -> list[str]:
    """SQL of the sentences that say in which object on the way to a value a key stands twice."""
    objects: dict[tuple[str, str], str] = {}
    for path in paths:
        document = _OF_EACH if path.of_element else _DOCUMENT
        for at, step in enumerate(path.steps):
            if step is None:
                break
            if isinstance(step, str):
                place = JsonPath(path.text, path.of_element, path.steps[:at]).engine_path
                objects[document, place] = ("@" if path.of_element else "$") + place[1:]
    problems: list[str] = []
    for (document, place), shown in objects.items():
        keys = f"json_keys({document}, {text_literal(place)})"
        said = text_literal(f"a key stands twice in {shown}")
        problems.append(f"CASE WHEN len(list_distinct({keys})) < len({keys}) THEN {said} END")
    return problems


def _spread(each: JsonPath, relation: str) -> str:
    """A row for each element; one with NULL for elements if the path leads to no array."""
    elements = f"[{_DOCUMENT}]"
    for level in each.levels():
        array = level.engine_path
        inner = (
            f"list_transform({elements}, lambda part: "
            f"CASE WHEN json_type(part, '{array}') = 'ARRAY' "
            f"THEN json_extract(part, '{array}[*]') END)"
        )
        whole = f"len(list_filter({inner}, lambda one: one IS NULL)) = 0"
        elements = f"CASE WHEN {whole} THEN flatten({inner}) END"
    listed = f"(SELECT *, CAST({elements} AS VARCHAR[]) AS {_ELEMENTS} FROM {relation})"
    numbers = f"CASE WHEN {_ELEMENTS} IS NULL THEN [NULL] ELSE range(1, len({_ELEMENTS}) + 1) END"
    return (
        f"(SELECT *, unnest(coalesce({_ELEMENTS}, [NULL])) AS {_OF_EACH}, "
        f"unnest({numbers}) AS {ELEMENT} FROM {listed})"
    )


def _looked_up(
    paths: Mapping[str, JsonPath], relation: str
) -> tuple[str, Mapping[str, tuple[str, str]]]:
    """The relation with all values looked up at once, and each column's text and kind in it."""
    places: dict[str, tuple[str, str]] = {}
    lists: list[str] = []
    for document, of_element in ((_DOCUMENT, False), (_OF_EACH, True)):
        named = {name: path for name, path in paths.items() if path.of_element is of_element}
        if not named:
            continue
        listed = ", ".join(text_literal(path.engine_path) for path in named.values())
        texts, kinds = (f'"{what} in {document[1:-1]}"' for what in ("texts", "kinds"))
        lists.append(f"json_extract_string({document}, [{listed}]) AS {texts}")
        lists.append(f"json_type({document}, [{listed}]) AS {kinds}")
        places |= {name: (f"{texts}[{at}]", f"{kinds}[{at}]") for at, name in enumerate(named, 1)}
    return f"(SELECT {', '.join(['*', *lists])} FROM {relation})", places


def _unreadable(events: JsonEvents, columns: Sequence[ColumnSpec], relation: str) -> str:
    """Events that no version's paths are for, without values."""
    known = ", ".join(str(version) for version in events.versions)
    problem = (
        f"CASE WHEN {_DOCUMENT} IS NULL THEN 'the payload is no JSON' "
        f"ELSE 'version ' || {VERSION} || {text_literal(f' is none of {known}')} END"
    )
    values = [
        f"{quoted(column.name) if column.name not in events.columns else 'NULL'} AS t{at}"
        for at, column in enumerate(columns)
    ]
    found = (
        f"(SELECT *, NULL AS {ELEMENT} FROM {relation} "
        f"WHERE {_DOCUMENT} IS NULL OR {VERSION} NOT IN ({known}))"
    )
    return _branch(values, problem, found)


def _branch(values: Sequence[str], problem: str, relation: str) -> str:
    return (
        f"SELECT {', '.join(values)}, {EVENT}, CAST({ELEMENT} AS BIGINT) AS {ELEMENT}, "
        f"{problem} AS problem, false AS is_blank, 0 AS file_number, "
        "CAST(NULL AS BIGINT) AS source_line, 0 AS line_offset, 1 AS line_count "
        f"FROM {relation}"
    )
