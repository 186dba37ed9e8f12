"""How one value of a payload becomes a value of a column, or a reason to reject the event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.identifiers import text_literal
from resources.sources.rows import Reading
from resources.sources.text_types import TextTypes
from warehouse_assets.modeling.json_events.declaration import (
    REJECT,
    ElementNumber,
    JsonColumn,
    Otherwise,
)

if TYPE_CHECKING:
    from resources.lake.table_spec import ColumnSpec

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
    column: ColumnSpec, at: int, declared: JsonColumn | ElementNumber | None, types: TextTypes
) -> Reading:
    """How the text t<at>, which judged_value gave, becomes the column's value.

    What is not declared is of the column's type already.
    """
    text = f"t{at}"
    if not isinstance(declared, JsonColumn):
        return Reading(column, text, text, "NULL")
    if declared.malformed is REJECT:
        return Reading.of_text(column, text, types)
    typed = types.typed(text, column.type)
    outside = types.out_of_range(typed, column.type)
    inside = f"CASE WHEN NOT ({outside}) THEN {typed} END" if outside else typed
    if declared.malformed is None:
        return Reading(column, None, inside, "NULL")
    default = types.typed(text_literal(declared.malformed), column.type)
    filled = f"CASE WHEN {text} IS NOT NULL THEN coalesce({inside}, {default}) END"
    return Reading(column, None, filled, "NULL")


def literal_of(otherwise: Otherwise) -> str:
    """SQL of what stands for a value: the default, or NULL."""
    return text_literal(otherwise) if isinstance(otherwise, str) else "CAST(NULL AS VARCHAR)"
