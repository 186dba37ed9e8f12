"""What lies at a path of a JSON value, as the text of a field."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

from resources.sources.declaration.json_path import JsonPath
from resources.sources.declaration.record import NumberText

# An exponent within this is written out; any other fits no type anyway.
_MOST_ZEROS = 60


class NoField(ValueError):
    """A value has no field at a path; says why."""


def field_at(value: Any, path: JsonPath) -> str | None:
    """The text at the path: None where a key is missing or anything on the way is null.

    Raises:
        NoField: If the path goes through what is neither object nor array.
    """
    found = value
    for at, step in enumerate(path.steps):
        if found is None:
            return None
        if isinstance(step, str) and isinstance(found, dict):
            found = cast("dict[str, Any]", found).get(step)
        elif isinstance(step, int) and isinstance(found, list):
            items = cast("list[Any]", found)
            found = items[step] if step < len(items) else None
        else:
            kind = "object" if isinstance(step, str) else "array"
            before = ".".join(map(str, path.steps[:at]))
            raise NoField(f"{before} is no {kind}")
    return text_of(found)


def text_of(value: Any) -> str | None:
    """A value as text: numbers as they are spelled, objects and arrays as compact JSON."""
    if isinstance(value, NumberText):
        return _plain(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _compact(value)


def _plain(number: NumberText) -> NumberText:
    """The number without an exponent, digit by digit."""
    if "e" not in number and "E" not in number:
        return number
    exact = Decimal(number)
    in_reach = abs(exact.adjusted()) + len(number) <= _MOST_ZEROS
    return NumberText(f"{exact:f}") if in_reach else number


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return f"{{{','.join(f'{_quoted(key)}:{_compact(each)}' for key, each in items)}}}"
    if isinstance(value, list):
        return f"[{','.join(_compact(each) for each in cast('list[Any]', value))}]"
    if isinstance(value, str) and not isinstance(value, NumberText):
        return _quoted(value)
    return "null" if value is None else text_of(value) or ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
