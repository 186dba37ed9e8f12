"""How one value of a payload becomes a value of a column, or a reason to reject the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from resources.identifiers import text_literal
from resources.sources.conversion.number_sql import NOTHING_BESIDE, FieldsBeside
from resources.sources.conversion.rows import Reading
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.column_origins import Characters, Field
from warehouse_assets.modeling.declaration.json_events import (
    REJECT,
    ElementNumber,
    JsonColumn,
    Otherwise,
)

if TYPE_CHECKING:
    from resources.lake.model.table_spec import ColumnSpec

_SHOWN = 100


def judged_value(declared: JsonColumn, text: str, kind: str, where: str) -> tuple[str, list[str]]:
    """SQL of a value as text, and of the sentences that say why the event is rejected.

    Args:
        declared: What to do without a value, and what words mean.
        text: SQL of the value as the payload spells it.
        kind: SQL of its JSON type, NULL where there is none.
        where: Column and path, for the sentences.
    """
    problems: list[str] = []
    missing = f"coalesce({kind}, 'NULL') = 'NULL'"
    compound = f"{kind} IN ('OBJECT', 'ARRAY')"
    if declared.missing is REJECT:
        problems.append(f"CASE WHEN {missing} THEN {text_literal(f'{where} is missing')} END")
    if declared.malformed is REJECT:
        sentence = f"{text_literal(f'{where} is an ')} || lower({kind})"
        problems.append(f"CASE WHEN {compound} THEN {sentence} END")
    meant, unknown = text, "false"
    if declared.words:
        pairs = " ".join(
            f"WHEN {text_literal(word)} THEN {text_literal(meaning)}"
            for word, meaning in declared.words.items()
        )
        meant = f"CASE {text} {pairs} END"
        unknown = f"{text} NOT IN ({', '.join(text_literal(word) for word in declared.words)})"
        if declared.malformed is REJECT:
            sentence = (
                f"{text_literal(f'{where} is ')} || left({text}, {_SHOWN}) || "
                f"{text_literal(', none of ' + ', '.join(declared.words))}"
            )
            problems.append(f"CASE WHEN NOT {compound} AND {unknown} THEN {sentence} END")
    value = (
        f"CASE WHEN {missing} THEN {literal_of(declared.missing)} "
        f"WHEN {compound} OR {unknown} THEN {literal_of(declared.malformed)} ELSE {meant} END"
    )
    return value, problems


def value_reading(
    column: ColumnSpec,
    declared: JsonColumn | ElementNumber | None,
    places: Mapping[str, str],
    types: TextTypes,
) -> Reading:
    """How the text that judged_value gave for the column becomes its value.

    What is not declared is of the column's type already.

    Args:
        column: The contract's column.
        declared: Where it comes from.
        places: SQL of the text of each column.
        types: How texts become values.
    """
    text = places[column.name]
    if not isinstance(declared, JsonColumn):
        return Reading(column, text, text, "NULL")
    reading = Reading.of_text(column, text, types, _beside(column, places, types))
    if declared.malformed is REJECT:
        return reading
    typed = reading.typed
    outside = types.out_of_range(typed, column.type)
    inside = f"CASE WHEN NOT ({outside}) THEN {typed} END" if outside else typed
    if declared.malformed is None:
        return replace(reading, delivered=None, typed=inside, reason="NULL")
    default = literal_value(declared.malformed, column, types)
    filled = f"CASE WHEN {text} IS NOT NULL THEN coalesce({inside}, {default}) END"
    return replace(reading, delivered=None, typed=filled, reason="NULL")


def literal_value(text: str, column: ColumnSpec, types: TextTypes) -> str:
    """SQL of what a text that the declaration gives, spelled as in a payload, is worth."""
    given = text_literal(text)
    number = types.number(column.name, column.type)
    if number is None:
        return types.typed(given, column.type)
    return number.value(given, number.parts(given))


def _beside(column: ColumnSpec, places: Mapping[str, str], types: TextTypes) -> FieldsBeside:
    """SQL of the texts that tell how the column's numbers are meant, if any are declared."""
    number = types.number(column.name, column.type)
    if number is None:
        return NOTHING_BESIDE
    sign, minor = number.number.sign, number.number.minor_units
    return FieldsBeside(
        sign=places[beside(sign.field)] if sign else None,
        currency=places[beside(minor.field)] if minor else None,
    )


def beside(field: Field | Characters) -> str:
    """The contract's column that a number's sign or currency is taken from; "" if none is named."""
    return (field.name or "") if isinstance(field, Field) else ""


def literal_of(otherwise: Otherwise) -> str:
    """SQL of what stands for a value: the default, or NULL."""
    return text_literal(otherwise) if isinstance(otherwise, str) else "CAST(NULL AS VARCHAR)"
